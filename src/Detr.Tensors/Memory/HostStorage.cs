using System.Runtime.InteropServices;

namespace Detr.Tensors;

/// <summary>
/// Storage in the host's memory: a pinned array whose first element stands on a 64-byte boundary. It may come to be only when
/// somebody looks: weights that are read once, to be packed, need no place of their own.
/// </summary>
internal sealed class HostStorage : TensorStorage
{
    private const int AlignmentBytes = 64;
    private readonly HostMemory? _owner;
    private readonly Lock _lock = new();
    private volatile float[]? _array;
    private int _start;
    private Action<Span<float>>? _source;

    /// <summary>Takes memory now; its elements are not set.</summary>
    internal HostStorage(int capacity, HostMemory? owner)
    {
        (Capacity, _owner) = (capacity, owner);
        (_array, _start) = Allocate(capacity);
    }

    /// <summary>Takes memory when its elements are first asked for.</summary>
    /// <param name="capacity">How many elements.</param>
    /// <param name="source">Sets them all; may be called more than once and from any thread.</param>
    internal HostStorage(int capacity, Action<Span<float>> source) => (Capacity, _source) = (capacity, source);

    public override int Capacity { get; }

    public override ReadOnlySpan<float> HostElements => Elements;

    internal Span<float> Elements => Array().AsSpan(_start, Capacity);

    internal Memory<float> Memory => Array().AsMemory(_start, Capacity);

    public override void Write(int offset, ReadOnlySpan<float> source) => source.CopyTo(Elements[offset..]);

    /// <summary>Where the elements come from when they are next asked for; what there is now is forgotten.</summary>
    internal void Defer(Action<Span<float>> source)
    {
        lock (_lock)
        {
            (_source, _array) = (source, null);
        }
    }

    /// <summary>Copies all elements; those that are not there yet are made in the destination alone.</summary>
    /// <param name="destination">As many elements as the capacity.</param>
    internal void Peek(Span<float> destination)
    {
        lock (_lock)
        {
            if (_array is null)
            {
                _source!(destination);
                return;
            }
        }

        Elements.CopyTo(destination);
    }

    /// <summary>Whether the elements are in memory.</summary>
    internal bool IsPresent => _array is not null;

    protected override void Recycle() => _owner?.Return(this);

    private static (float[] Array, int Start) Allocate(int capacity)
    {
        float[] array = GC.AllocateUninitializedArray<float>(capacity + (AlignmentBytes / sizeof(float)), pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        return (array, (int)((-address & (AlignmentBytes - 1)) / sizeof(float)));
    }

    private float[] Array() => _array ?? Make();

    private float[] Make()
    {
        lock (_lock)
        {
            if (_array is { } made)
            {
                return made;
            }

            (float[] array, _start) = Allocate(Capacity);
            _source!(array.AsSpan(_start, Capacity));
            (_array, _source) = (array, null);
            return array;
        }
    }
}
