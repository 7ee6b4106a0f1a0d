using System.Buffers.Binary;
using System.Text.Json;

namespace Detr.Tensors.Checkpoints;

/// <summary>Reads .safetensors: eight bytes of header length, a JSON header, then the tensors' bytes one after the other.</summary>
internal static class SafetensorsReader
{
    private const int LongestHeader = 100_000_000;

    internal static Checkpoint Open(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw Bad(path, "is too short to be a checkpoint");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader || (long)length > stream.Length - 8)
        {
            throw Bad(path, $"claims a header of {length} bytes, which it does not have");
        }

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        long dataStart = 8 + (long)length;
        try
        {
            using JsonDocument document = JsonDocument.Parse(header);
            return Parse(path, document.RootElement, dataStart, stream.Length - dataStart);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Bad(path, "has a header that is not JSON");
        }
    }

    private static Checkpoint Parse(string path, JsonElement root, long dataStart, long dataLength)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Bad(path, "has a header that is not an object");
        }

        Dictionary<string, CheckpointTensor> tensors = new(StringComparer.Ordinal);
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        List<(long Start, long End, string Name)> spans = [];
        foreach (JsonProperty entry in root.EnumerateObject())
        {
            if (entry.NameEquals("__metadata__"))
            {
                foreach (JsonProperty item in entry.Value.EnumerateObject())
                {
                    metadata[item.Name] = item.Value.ToString();
                }

                continue;
            }

            (CheckpointTensor tensor, long start, long end) = Tensor(path, entry, dataStart, dataLength);
            spans.Add((start, end, entry.Name));
            if (!tensors.TryAdd(entry.Name, tensor))
            {
                throw Bad(path, $"holds {entry.Name} twice");
            }
        }

        spans.Sort();
        for (int i = 1; i < spans.Count; i++)
        {
            if (spans[i].Start < spans[i - 1].End)
            {
                throw Bad(path, $"keeps {spans[i - 1].Name} and {spans[i].Name} in the same bytes");
            }
        }

        return new Checkpoint(tensors, metadata);
    }

    private static (CheckpointTensor Tensor, long Start, long End) Tensor(string path, JsonProperty entry, long dataStart, long dataLength)
    {
        try
        {
            string? typeName = entry.Value.GetProperty("dtype").GetString();
            ElementType type = ElementTypes.FromSafetensors(typeName) ?? throw Bad(path, $"stores {entry.Name} as {typeName}, which is not supported");
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt32())];
            long start = entry.Value.GetProperty("data_offsets")[0].GetInt64(), end = entry.Value.GetProperty("data_offsets")[1].GetInt64();
            if (start < 0 || end < start || end > dataLength)
            {
                throw Bad(path, $"is cut off: {entry.Name} lies outside it");
            }

            decimal elements = 1;
            foreach (int axis in shape)
            {
                elements = axis < 0 ? -1 : Math.Min(elements * axis, decimal.MaxValue / int.MaxValue);
            }

            if (elements < 0 || elements * type.Bytes() != end - start || end - start > Array.MaxLength)
            {
                throw Bad(path, $"gives {entry.Name} the shape [{string.Join(", ", shape)}], which its {end - start} bytes do not have");
            }

            return (new CheckpointTensor(entry.Name, type, shape, () => Read(path, dataStart + start, (int)(end - start))), start, end);
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw Bad(path, $"describes {entry.Name} wrongly");
        }
    }

    private static byte[] Read(string path, long offset, int count)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        byte[] bytes = new byte[count];
        if (RandomAccess.Read(stream.SafeFileHandle, bytes, offset) < count)
        {
            throw Bad(path, "became shorter while it was read");
        }

        return bytes;
    }

    private static InvalidDataException Bad(string path, string problem) => new($"{path} {problem}; get the file again.");
}
