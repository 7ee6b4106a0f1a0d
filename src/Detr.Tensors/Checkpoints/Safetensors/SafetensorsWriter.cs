using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Detr.Kernels;

namespace Detr.Tensors.Checkpoints;

/// <summary>Writes .safetensors; the file appears whole or not at all.</summary>
public static class SafetensorsWriter
{
    /// <summary>What follows the name of eight-bit weights in that of their scales: weight[o, …] = scale[o] · stored[o, …].</summary>
    public const string ScaleSuffix = "_scale";

    private const int Alignment = 64;

    /// <summary>Writes tensors in the order of their names.</summary>
    /// <param name="path">Where; a file of that name is replaced.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">What the file says about itself.</param>
    /// <param name="half">Whether numbers are rounded to half precision, which halves the file.</param>
    /// <param name="kernels">Weights of eight bits by name, written as they are, and their scales beside them under the name with <see cref="ScaleSuffix"/>.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata, bool half = false,
        IReadOnlyDictionary<string, QuantizedKernel>? kernels = null)
    {
        Entry[] ordered = [.. Entries(tensors, half, kernels).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        AtomicFile.Write(path, stream =>
        {
            byte[] header = Header(ordered, metadata);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (Entry entry in ordered)
            {
                entry.Write(stream);
            }
        });
    }

    private static IEnumerable<Entry> Entries(IReadOnlyDictionary<string, Tensor> tensors, bool half, IReadOnlyDictionary<string, QuantizedKernel>? kernels)
    {
        foreach ((string name, Tensor tensor) in tensors)
        {
            yield return new Entry(name, half ? "F16" : "F32", tensor.Shape, (long)tensor.Length * (half ? 2 : 4), stream => Write(stream, tensor.AsSpan(), half));
        }

        foreach ((string name, QuantizedKernel kernel) in kernels ?? new Dictionary<string, QuantizedKernel>(StringComparer.Ordinal))
        {
            ConvolutionShape shape = kernel.Shape;
            yield return new Entry(
                name, "I8", [shape.OutputChannels, shape.InputChannels, shape.KernelHeight, shape.KernelWidth], kernel.Values.Length,
                stream => stream.Write(MemoryMarshal.AsBytes(kernel.Values)));
            yield return new Entry(name + ScaleSuffix, "F32", [shape.OutputChannels], (long)shape.OutputChannels * sizeof(float), stream => Write(stream, kernel.Scales, half: false));
        }
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

    private static byte[] Header(Entry[] entries, IReadOnlyDictionary<string, string> metadata)
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
            foreach (Entry entry in entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type);
                json.WriteStartArray("shape");
                foreach (int axis in entry.Shape)
                {
                    json.WriteNumberValue(axis);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += entry.Bytes);
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

    private sealed record Entry(string Name, string Type, Shape Shape, long Bytes, Action<FileStream> Write);
}
