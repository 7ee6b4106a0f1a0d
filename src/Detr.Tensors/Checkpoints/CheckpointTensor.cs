using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Detr.Tensors.Checkpoints;

/// <summary>A tensor in a checkpoint: known by name, type and shape; its numbers are read when asked for.</summary>
public sealed class CheckpointTensor
{
    private readonly Func<byte[]> _read;

    internal CheckpointTensor(string name, ElementType type, int[] shape, Func<byte[]> read)
    {
        (Name, Type, Shape, _read) = (name, type, shape, read);
        Length = shape.Aggregate(1, (product, axis) => product * axis);
    }

    /// <summary>Its key.</summary>
    public string Name { get; }

    /// <summary>How its numbers are stored.</summary>
    public ElementType Type { get; }

    /// <summary>The axes' sizes, outermost first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>Its numbers as single precision, row-major.</summary>
    public float[] ToFloats()
    {
        ReadOnlySpan<byte> bytes = _read();
        float[] values = new float[Length];
        switch (Type)
        {
            case ElementType.Float32:
                Numbers<float>(bytes).CopyTo(values);
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(Numbers<Half>(bytes), values);
                break;
            case ElementType.BFloat16:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) << 16);
                }

                break;
            default:
                double[] doubles = ToDoubles();
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)doubles[i];
                }

                break;
        }

        return values;
    }

    /// <summary>Its numbers as double precision, row-major; exact for all types but 64-bit integers beyond 2⁵³.</summary>
    public double[] ToDoubles()
    {
        if (Type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16)
        {
            return Array.ConvertAll(ToFloats(), value => (double)value);
        }

        ReadOnlySpan<byte> bytes = _read();
        return Type switch
        {
            ElementType.Float64 => Numbers<double>(bytes).ToArray(),
            ElementType.Int64 => Array.ConvertAll(Numbers<long>(bytes).ToArray(), value => (double)value),
            ElementType.Int32 => Array.ConvertAll(Numbers<int>(bytes).ToArray(), value => (double)value),
            ElementType.Int16 => Array.ConvertAll(Numbers<short>(bytes).ToArray(), value => (double)value),
            ElementType.Int8 => Array.ConvertAll(Numbers<sbyte>(bytes).ToArray(), value => (double)value),
            _ => Array.ConvertAll(bytes.ToArray(), value => (double)value),
        };
    }

    // Files are little-endian, as is every processor that .NET 10 runs on.
    private ReadOnlySpan<T> Numbers<T>(ReadOnlySpan<byte> bytes)
        where T : struct
        => MemoryMarshal.Cast<byte, T>(bytes)[..Length];
}
