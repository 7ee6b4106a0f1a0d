using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Detr.Tensors.Checkpoints;

/// <summary>A tensor in a checkpoint: known by name, type and shape; its numbers are read when asked for.</summary>
public sealed class CheckpointTensor
{
    private const int ElementsAtOnce = 1 << 14;
    private readonly CheckpointFile _file;
    private readonly long _position;
    private readonly int[] _shape;
    private readonly long[]? _strides;

    /// <summary>Describes a tensor whose elements are known to lie inside the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">Its key.</param>
    /// <param name="type">How its numbers are stored.</param>
    /// <param name="shape">The axes' sizes.</param>
    /// <param name="position">Where in the file its first element stands.</param>
    /// <param name="strides">Elements from one index of an axis to the next, none negative; null where rows follow each other without gaps.</param>
    internal CheckpointTensor(CheckpointFile file, string name, ElementType type, int[] shape, long position, long[]? strides = null)
    {
        (_file, Name, Type, _shape, _position, _strides) = (file, name, type, shape, position, strides);
        Length = shape.Aggregate(1, (product, axis) => product * axis);
    }

    /// <summary>Its key.</summary>
    public string Name { get; }

    /// <summary>How its numbers are stored.</summary>
    public ElementType Type { get; }

    /// <summary>The axes' sizes, outermost first.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>Its numbers as single precision, row-major.</summary>
    /// <exception cref="InvalidDataException">The file became shorter since it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint was closed.</exception>
    public float[] ToFloats()
    {
        float[] values = new float[Length];
        Read<float>(values);
        return values;
    }

    /// <summary>Its numbers as double precision, row-major; exact for all types but 64-bit integers beyond 2⁵³.</summary>
    /// <exception cref="InvalidDataException">The file became shorter since it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint was closed.</exception>
    public double[] ToDoubles()
    {
        double[] values = new double[Length];
        Read<double>(values);
        return values;
    }

    /// <summary>Its numbers as they are stored, where these are signed integers of eight bits.</summary>
    /// <exception cref="InvalidOperationException">They are not.</exception>
    /// <exception cref="InvalidDataException">The file became shorter since it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint was closed.</exception>
    public sbyte[] ToSignedBytes()
    {
        if (Type != ElementType.Int8)
        {
            throw new InvalidOperationException($"{Name} is stored as {Type}, not in eight bits.");
        }

        sbyte[] values = new sbyte[Length];
        Read<sbyte>(values);
        return values;
    }

    /// <summary>Writes its numbers as single precision, row-major, into memory that the caller has.</summary>
    /// <param name="destination">As many elements as the tensor has.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidDataException">The file became shorter since it was opened.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint was closed.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length != Length)
        {
            throw new ArgumentException($"{Name} has {Length} elements, the destination {destination.Length}.", nameof(destination));
        }

        Read(destination);
    }

    private void Read<T>(Span<T> destination)
        where T : unmanaged, INumber<T>
    {
        if (destination.Length == 0)
        {
            return;
        }

        if (_strides is not null)
        {
            Convert(Gathered(_strides), destination);
        }
        else if (Type == ElementType.Float32 && typeof(T) == typeof(float))
        {
            // Files are little-endian, as is every processor that .NET 10 runs on.
            _file.Read(_position, MemoryMarshal.AsBytes(destination));
        }
        else
        {
            int size = Type.Bytes();
            byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Min(Length, ElementsAtOnce) * size);
            for (int i = 0; i < Length; i += ElementsAtOnce)
            {
                int count = Math.Min(ElementsAtOnce, Length - i);
                _file.Read(_position + ((long)i * size), bytes.AsSpan(0, count * size));
                Convert(bytes.AsSpan(0, count * size), destination.Slice(i, count));
            }

            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Convert<T>(ReadOnlySpan<byte> bytes, Span<T> destination)
        where T : unmanaged, INumber<T>
    {
        switch (Type)
        {
            case ElementType.Float32:
                Numbers<float>(bytes, destination);
                break;
            case ElementType.Float64:
                Numbers<double>(bytes, destination);
                break;
            case ElementType.Float16:
                Numbers<Half>(bytes, destination);
                break;
            case ElementType.BFloat16:
                ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)halves[i] << 16));
                }

                break;
            case ElementType.Int64:
                Numbers<long>(bytes, destination);
                break;
            case ElementType.Int32:
                Numbers<int>(bytes, destination);
                break;
            case ElementType.Int16:
                Numbers<short>(bytes, destination);
                break;
            case ElementType.Int8:
                Numbers<sbyte>(bytes, destination);
                break;
            default:
                Numbers<byte>(bytes, destination);
                break;
        }

        static void Numbers<TStored>(ReadOnlySpan<byte> bytes, Span<T> destination)
            where TStored : unmanaged, INumber<TStored>
            => TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, TStored>(bytes), destination);
    }

    /// <summary>The elements of a view, one after the other: the part of the file that it touches is read once.</summary>
    private byte[] Gathered(long[] strides)
    {
        int size = Type.Bytes();
        byte[] touched = new byte[(int)Extent(_shape, strides) * size], gathered = new byte[Length * size];
        _file.Read(_position, touched);
        int written = 0;
        Gather(0, 0);
        return gathered;

        void Gather(int axis, int from)
        {
            if (axis == strides.Length)
            {
                touched.AsSpan(from * size, size).CopyTo(gathered.AsSpan(written));
                written += size;
                return;
            }

            for (int i = 0; i < _shape[axis]; i++)
            {
                Gather(axis + 1, from + (i * (int)strides[axis]));
            }
        }
    }

    /// <summary>Elements from the first that a view touches to the last, both counted; for a view that has elements.</summary>
    internal static Int128 Extent(ReadOnlySpan<int> shape, ReadOnlySpan<long> strides)
    {
        Int128 extent = 1;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            extent += (Int128)(shape[axis] - 1) * strides[axis];
        }

        return extent;
    }
}
