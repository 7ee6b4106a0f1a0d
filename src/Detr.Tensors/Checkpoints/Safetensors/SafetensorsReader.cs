using System.Buffers.Binary;
using System.Text.Json;

namespace Detr.Tensors.Checkpoints;

/// <summary>Reads .safetensors: eight bytes of header length, a JSON header, then the tensors' bytes one after the other.</summary>
internal static class SafetensorsReader
{
    private const int LongestHeader = 100_000_000;

    internal static Checkpoint Open(CheckpointFile file)
    {
        Span<byte> prefix = stackalloc byte[8];
        file.Read(0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader || (long)length > file.Length - 8)
        {
            throw file.Bad($"claims a header of {length} bytes, which it does not have");
        }

        byte[] header = new byte[length];
        file.Read(8, header);
        try
        {
            using JsonDocument document = JsonDocument.Parse(header);
            return Parse(file, document.RootElement, 8 + (long)length);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw file.Bad("has a header that is not JSON", cause: error);
        }
    }

    private static Checkpoint Parse(CheckpointFile file, JsonElement root, long dataStart)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw file.Bad("has a header that is not an object");
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

            (CheckpointTensor tensor, long start, long end) = Tensor(file, entry, dataStart);
            spans.Add((start, end, entry.Name));
            if (!tensors.TryAdd(entry.Name, tensor))
            {
                throw file.Bad($"holds {entry.Name} twice");
            }
        }

        spans.Sort();
        for (int i = 1; i < spans.Count; i++)
        {
            if (spans[i].Start < spans[i - 1].End)
            {
                throw file.Bad($"keeps {spans[i - 1].Name} and {spans[i].Name} in the same bytes");
            }
        }

        return new Checkpoint(file, tensors, metadata);
    }

    private static (CheckpointTensor Tensor, long Start, long End) Tensor(CheckpointFile file, JsonProperty entry, long dataStart)
    {
        try
        {
            string? typeName = entry.Value.GetProperty("dtype").GetString();
            ElementType type = ElementTypes.FromSafetensors(typeName) ?? throw file.Bad($"stores {entry.Name} as {typeName}, which is not supported", "save it as F32");
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt32())];
            long start = entry.Value.GetProperty("data_offsets")[0].GetInt64(), end = entry.Value.GetProperty("data_offsets")[1].GetInt64();
            if (start < 0 || end < start || end > file.Length - dataStart)
            {
                throw file.Bad($"is cut off: {entry.Name} lies outside it");
            }

            // A decimal has room for the largest axis times the limit.
            decimal elements = 1;
            foreach (int axis in shape)
            {
                elements = Math.Min(elements * axis, decimal.MaxValue / int.MaxValue);
            }

            if (Array.Exists(shape, axis => axis < 0) || elements * type.Bytes() != end - start || elements > Array.MaxLength)
            {
                throw file.Bad($"gives {entry.Name} the shape [{string.Join(", ", shape)}], which its {end - start} bytes do not have");
            }

            return (new CheckpointTensor(file, entry.Name, type, shape, dataStart + start), start, end);
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw file.Bad($"describes {entry.Name} wrongly", cause: error);
        }
    }
}
