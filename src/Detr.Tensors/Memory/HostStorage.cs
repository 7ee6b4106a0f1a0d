using System.Runtime.InteropServices;

namespace Detr.Tensors;

/// <summary>Storage in the host's memory: a pinned array whose first element stands on a 64-byte boundary.</summary>
internal sealed class HostStorage : TensorStorage
{
    private const int AlignmentBytes = 64;
    private readonly HostMemory? _owner;
    private readonly float[] _array;
    private readonly int _start;

    internal HostStorage(int capacity, HostMemory? owner)
    {
        _owner = owner;
        Capacity = capacity;
        _array = GC.AllocateUninitializedArray<float>(capacity + (AlignmentBytes / sizeof(float)), pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _start = (int)((-address & (AlignmentBytes - 1)) / sizeof(float));
    }

    public override int Capacity { get; }

    public override ReadOnlySpan<float> HostElements => Elements;

    internal Span<float> Elements => _array.AsSpan(_start, Capacity);

    internal Memory<float> Memory => _array.AsMemory(_start, Capacity);

    public override void Write(int offset, ReadOnlySpan<float> source) => source.CopyTo(Elements[offset..]);

    protected override void Recycle() => _owner?.Return(this);
}
