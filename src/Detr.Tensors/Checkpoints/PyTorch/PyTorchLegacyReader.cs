using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// Reads what torch.save wrote before 1.6, as which the published models stand: pickles of a magic number, a version, facts
/// on the machine, the object, and the storages' keys; then for each key the number of elements, and the elements.
/// </summary>
internal static class PyTorchLegacyReader
{
    private const long Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", CultureInfo.InvariantCulture);

    internal static Checkpoint Open(CheckpointFile file)
    {
        long position = 0;
        if (Next() is not BigInteger magic || magic != Magic)
        {
            throw file.Bad("is a pickle, but not one that torch.save wrote", "use a .safetensors or .pth file");
        }

        if (Next() is not Version)
        {
            throw file.Bad("is of a version of torch's format that is not known", "save it again with torch.save");
        }

        if (Next() is PickledDictionary facts && facts["little_endian"] is false)
        {
            throw file.Bad("holds big-endian numbers", "save it again on a little-endian machine");
        }

        Dictionary<string, PickledStorage> declared = new(StringComparer.Ordinal);
        object? root = Next(declared);
        object? keys = Next();
        Dictionary<string, (long Position, long Length)> storages = Storages(file, declared, keys as List<object?> ?? throw file.Bad("is damaged: it does not list its storages"), position);
        return PyTorchContents.ToCheckpoint(file, root, storage => storages.TryGetValue(storage.Key, out (long, long) place)
            ? place
            : throw file.Bad($"lacks the numbers that its pickle calls {storage.Key}"));

        object? Next(Dictionary<string, PickledStorage>? storages = null)
        {
            PickleInput input = new(file, position, file.Length - position);
            object? value = new PickleReader(input, storages).Read();
            position = input.Position;
            return value;
        }
    }

    /// <summary>Walks over the storages; their sizes in bytes follow from the types that the pickle gives them.</summary>
    private static Dictionary<string, (long Position, long Length)> Storages(CheckpointFile file, Dictionary<string, PickledStorage> declared, List<object?> keys, long position)
    {
        Dictionary<string, (long, long)> storages = new(StringComparer.Ordinal);
        Span<byte> prefix = stackalloc byte[8];
        foreach (object? item in keys)
        {
            if (item is not string key || !declared.TryGetValue(key, out PickledStorage? storage) || storages.ContainsKey(key))
            {
                throw file.Bad("is damaged: its list of storages is not that of its tensors");
            }

            file.Read(position, prefix);
            position += prefix.Length;
            long length = BinaryPrimitives.ReadInt64LittleEndian(prefix), size = storage.Type.Bytes();
            if (length != storage.Length || length < 0 || length > (file.Length - position) / size)
            {
                throw file.Bad($"is cut off or damaged: the storage {key} says that it has {length} elements");
            }

            storages.Add(key, (position, length * size));
            position += length * size;
        }

        return storages;
    }
}
