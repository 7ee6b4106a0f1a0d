using System.Collections.Frozen;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// A name that a pickle may refer to. Python would import it and call it; here a name only says how a value is to be read,
/// and a name that is not on the list ends the reading.
/// </summary>
/// <param name="Name">Module and name.</param>
/// <param name="Meaning">How what it is called with is read.</param>
/// <param name="Type">The element type of a storage.</param>
internal sealed record PickledGlobal(string Name, PickledMeaning Meaning, ElementType? Type = null)
{
    // What torch.save writes for a state_dict, for the reference's training checkpoints and for the usual variations of
    // its arguments (paths, numpy scalars, another scheduler).
    private static readonly FrozenDictionary<string, PickledGlobal> Known = new PickledGlobal[]
    {
        new("collections.OrderedDict", PickledMeaning.Dictionary),
        new("collections.Counter", PickledMeaning.Dictionary),
        new("builtins.dict", PickledMeaning.Dictionary),
        new("__builtin__.dict", PickledMeaning.Dictionary),
        new("builtins.set", PickledMeaning.Sequence),
        new("__builtin__.set", PickledMeaning.Sequence),
        new("builtins.frozenset", PickledMeaning.Sequence),
        new("__builtin__.frozenset", PickledMeaning.Sequence),
        new("torch.Size", PickledMeaning.Sequence),
        new("torch._utils._rebuild_tensor_v2", PickledMeaning.Tensor),
        new("torch._utils._rebuild_parameter", PickledMeaning.Parameter),
        new("torch._utils._rebuild_parameter_with_state", PickledMeaning.Parameter),
        new("torch.FloatStorage", PickledMeaning.Storage, ElementType.Float32),
        new("torch.DoubleStorage", PickledMeaning.Storage, ElementType.Float64),
        new("torch.HalfStorage", PickledMeaning.Storage, ElementType.Float16),
        new("torch.BFloat16Storage", PickledMeaning.Storage, ElementType.BFloat16),
        new("torch.LongStorage", PickledMeaning.Storage, ElementType.Int64),
        new("torch.IntStorage", PickledMeaning.Storage, ElementType.Int32),
        new("torch.ShortStorage", PickledMeaning.Storage, ElementType.Int16),
        new("torch.CharStorage", PickledMeaning.Storage, ElementType.Int8),
        new("torch.ByteStorage", PickledMeaning.Storage, ElementType.UInt8),
        new("torch.BoolStorage", PickledMeaning.Storage, ElementType.Bool),
        new("torch.float32", PickledMeaning.Constant),
        new("torch.float64", PickledMeaning.Constant),
        new("torch.float16", PickledMeaning.Constant),
        new("torch.bfloat16", PickledMeaning.Constant),
        new("torch.int64", PickledMeaning.Constant),
        new("torch.device", PickledMeaning.Object),
        new("argparse.Namespace", PickledMeaning.Object),
        new("pathlib.Path", PickledMeaning.Object),
        new("pathlib.PosixPath", PickledMeaning.Object),
        new("pathlib.WindowsPath", PickledMeaning.Object),
        new("pathlib._local.Path", PickledMeaning.Object),
        new("pathlib._local.PosixPath", PickledMeaning.Object),
        new("pathlib._local.WindowsPath", PickledMeaning.Object),
        new("numpy.dtype", PickledMeaning.Object),
        new("numpy.core.multiarray.scalar", PickledMeaning.Object),
        new("numpy._core.multiarray.scalar", PickledMeaning.Object),
        new("_codecs.encode", PickledMeaning.Object),
    }.ToFrozenDictionary(global => global.Name, StringComparer.Ordinal);

    /// <summary>The global of a name, or null where the list has none.</summary>
    internal static PickledGlobal? Find(string module, string name) => Known.GetValueOrDefault($"{module}.{name}");
}
