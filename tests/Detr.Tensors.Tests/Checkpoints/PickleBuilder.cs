using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Detr.Tensors.Tests.Checkpoints;

/// <summary>Writes pickles one instruction at a time, and files of both formats around them: what no well-meaning program writes.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> _bytes = [];

    internal PickleBuilder() => Raw(0x80, 2);

    internal byte[] ToArray() => [.. _bytes];

    internal PickleBuilder Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    internal PickleBuilder Raw(string text) => Raw(Encoding.Latin1.GetBytes(text));

    internal PickleBuilder Global(string module, string name) => Raw($"c{module}\n{name}\n");

    internal PickleBuilder Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Raw("X").Number(bytes.Length, 4).Raw(bytes);
    }

    internal PickleBuilder Integer(long value) => Raw(0x8A, 8).Number(value, 8);

    internal PickleBuilder Number(long value, int bytes)
    {
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(all, value);
        return Raw(all[..bytes]);
    }

    internal PickleBuilder Integers(params ReadOnlySpan<long> values)
    {
        Raw("(");
        foreach (long value in values)
        {
            Integer(value);
        }

        return Raw("t");
    }

    /// <summary>A view of a storage, which says that it has so many elements.</summary>
    internal PickleBuilder Tensor(long stored, long offset, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, string storage = "FloatStorage", string key = "0")
        => Global("torch._utils", "_rebuild_tensor_v2").Raw("((").Text("storage").Global("torch", storage).Text(key).Text("cpu").Integer(stored).Raw("tQ")
            .Integer(offset).Integers(shape).Integers(strides).Raw(0x89).Global("collections", "OrderedDict").Raw(")RtR");

    /// <summary>A file of torch's zip format: the pickle, and one storage of some floats that count from 0.</summary>
    internal static void WriteZip(string path, byte[] pickle, int floats, CompressionLevel level = CompressionLevel.NoCompression, string folder = "archive")
        => WriteZip(path, pickle, Counting(floats), level, folder);

    /// <summary>The same with a storage of the given numbers.</summary>
    internal static void WriteZip(string path, byte[] pickle, float[] numbers, CompressionLevel level = CompressionLevel.NoCompression, string folder = "archive")
    {
        File.Delete(path);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        Write($"{folder}/data.pkl", pickle);
        Write($"{folder}/data/0", MemoryMarshal.AsBytes<float>(numbers));
        Write($"{folder}/version", "3\n"u8);

        void Write(string name, ReadOnlySpan<byte> bytes)
        {
            using Stream stream = archive.CreateEntry(name, level).Open();
            stream.Write(bytes);
        }
    }

    /// <summary>The same in torch's legacy format.</summary>
    internal static void WriteLegacy(string path, byte[] pickle, int floats, long? claimed = null) => WriteLegacy(path, pickle, Counting(floats), claimed);

    /// <summary>The same with a storage of the given numbers.</summary>
    internal static void WriteLegacy(string path, byte[] pickle, float[] numbers, long? claimed = null, params string[] keys)
    {
        byte[] magic = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];
        byte[] version = new PickleBuilder().Raw("M").Number(1001, 2).Raw(".").ToArray(), facts = new PickleBuilder().Raw("}.").ToArray();
        PickleBuilder list = new PickleBuilder().Raw("](");
        foreach (string key in keys is [] ? ["0"] : keys)
        {
            list.Text(key);
        }

        byte[] listed = list.Raw("e.").ToArray();
        File.WriteAllBytes(path, [.. magic, .. version, .. facts, .. pickle, .. listed, .. BitConverter.GetBytes(claimed ?? numbers.Length), .. MemoryMarshal.AsBytes<float>(numbers)]);
    }

    private static float[] Counting(int count) => [.. Enumerable.Range(0, count).Select(i => (float)i)];
}
