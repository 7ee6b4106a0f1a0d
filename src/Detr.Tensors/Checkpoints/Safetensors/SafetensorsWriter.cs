using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Detr.Tensors.Checkpoints;

/// <summary>Writes .safetensors; the file appears whole or not at all.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 64;

    /// <summary>Writes tensors in the order of their names.</summary>
    /// <param name="path">Where; a file of that name is replaced.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">What the file says about itself.</param>
    /// <param name="half">Whether numbers are rounded to half precision, which halves the file.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata, bool half = false)
    {
        KeyValuePair<string, Tensor>[] ordered = [.. tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        AtomicFile.Write(path, stream =>
        {
            byte[] header = Header(ordered, metadata, half);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach ((_, Tensor tensor) in ordered)
            {
                Write(stream, tensor.AsSpan(), half);
            }
        });
    }

    private static void Write(FileStream stream, ReadOnlySpan<float> values, bool half)
    {
        if (!half)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        Half[] rounded = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, rounded);
        stream.Write(MemoryMarshal.AsBytes<Half>(rounded));
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string> metadata, bool half)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", half ? "F16" : "F32");
                json.WriteStartArray("shape");
                foreach (int axis in tensor.Shape)
                {
                    json.WriteNumberValue(axis);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)tensor.Length * (half ? 2 : 4));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Blanks after the JSON bring the numbers to a boundary that vectors like.
        while ((buffer.Length + 8) % Alignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }
}
