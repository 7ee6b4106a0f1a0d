using System.Numerics;
using System.Runtime.InteropServices;

namespace Detr.Kernels;

/// <summary>Working memory that kernels borrow for packed panels and give back: pinned, on 64-byte boundaries, reused.</summary>
/// <remarks>
/// Blocks come in powers of two, so that a small request never takes a large block away, and the same work done again
/// finds all its blocks.
/// </remarks>
internal sealed class ScratchMemory
{
    private const int SmallestLog2 = 10;

    // Longer requests are rare and made to measure, and not kept.
    private const int LargestLog2 = 30;
    private readonly Lock _lock = new();
    private readonly Stack<Block>[] _free = new Stack<Block>[LargestLog2 + 2];
    private long _bytes;

    /// <summary>Bytes of all blocks, borrowed and idle.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Borrows room for <paramref name="length"/> numbers, whose contents are undefined.</summary>
    internal Lease Rent(int length)
    {
        int sizeClass = Math.Max(SmallestLog2, BitOperations.Log2((uint)Math.Max(1, length - 1)) + 1);
        if (sizeClass > LargestLog2)
        {
            return new Lease(this, Make(length), sizeClass);
        }

        lock (_lock)
        {
            if (_free[sizeClass] is { Count: > 0 } idle)
            {
                return new Lease(this, idle.Pop(), sizeClass);
            }
        }

        return new Lease(this, Make(1 << sizeClass), sizeClass);
    }

    private Block Make(int length)
    {
        Block block = new(length);
        Interlocked.Add(ref _bytes, (long)length * sizeof(float));
        return block;
    }

    private void Return(Block block, int sizeClass)
    {
        if (sizeClass > LargestLog2)
        {
            Interlocked.Add(ref _bytes, -(long)block.Length * sizeof(float));
            return;
        }

        lock (_lock)
        {
            (_free[sizeClass] ??= new Stack<Block>()).Push(block);
        }
    }

    internal sealed unsafe class Block
    {
        private readonly float[] _array;

        internal Block(int length)
        {
            Length = length;
            _array = GC.AllocateUninitializedArray<float>(length + Alignment.Slack, pinned: true);
            Pointer = Alignment.Up((float*)Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0));
        }

        internal int Length { get; }

        internal float* Pointer { get; }
    }

    internal readonly unsafe struct Lease(ScratchMemory owner, Block block, int sizeClass) : IDisposable
    {
        internal float* Pointer => block.Pointer;

        public void Dispose() => owner.Return(block, sizeClass);
    }
}
