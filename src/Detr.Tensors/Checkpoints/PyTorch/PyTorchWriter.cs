using System.Globalization;
using System.IO.Compression;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// Writes a .pth file in torch's zip format, as the reference's checkpoints are laid out: <c>{"model": state_dict, "args": …}</c>.
/// It holds tensors and plain values alone, so <c>torch.load</c> reads it with <c>weights_only</c> too. The file appears whole or not
/// at all.
/// </summary>
public static class PyTorchWriter
{
    private const string Folder = "archive";

    // What zip archives say of files without a time, so that equal weights make equal files.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes tensors in the order given.</summary>
    /// <param name="path">Where; a file of that name is replaced.</param>
    /// <param name="tensors">The model's tensors by name.</param>
    /// <param name="arguments">What the file says of the model, by the names of the reference's options; true, false and whole numbers become such.</param>
    /// <param name="half">Whether numbers are rounded to half precision, which halves the file.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(
        string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> arguments, bool half = false)
        => AtomicFile.Write(path, stream =>
        {
            using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
            Add(archive, "data.pkl", Pickle(tensors, arguments, half));
            for (int i = 0; i < tensors.Count; i++)
            {
                Add(archive, Key("data/", i), tensors[i].Value.AsSpan(), half);
            }

            Add(archive, "version", "3\n"u8);
        });

    private static byte[] Pickle(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> arguments, bool half)
    {
        PickleWriter pickle = new();
        pickle.Write(PickleOpcode.EmptyDict, PickleOpcode.Mark).Text("model").EmptyOrderedDictionary().Write(PickleOpcode.Mark);
        for (int i = 0; i < tensors.Count; i++)
        {
            pickle.Text(tensors[i].Key).Tensor(half ? "HalfStorage" : "FloatStorage", Key(string.Empty, i), tensors[i].Value.Shape);
        }

        pickle.Write(PickleOpcode.SetItems).Text("args").Write(PickleOpcode.EmptyDict, PickleOpcode.Mark);
        foreach ((string name, string value) in arguments)
        {
            pickle.Text(name).Value(value);
        }

        return pickle.Write(PickleOpcode.SetItems, PickleOpcode.SetItems, PickleOpcode.Stop).ToArray();
    }

    private static string Key(string prefix, int index) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{index}");

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<float> values, bool half)
    {
        if (!half)
        {
            Add(archive, name, MemoryMarshal.AsBytes(values));
            return;
        }

        Half[] rounded = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, rounded);
        Add(archive, name, MemoryMarshal.AsBytes<Half>(rounded));
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> bytes)
    {
        ZipArchiveEntry entry = archive.CreateEntry($"{Folder}/{name}", CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        using Stream stream = entry.Open();
        stream.Write(bytes);
    }
}
