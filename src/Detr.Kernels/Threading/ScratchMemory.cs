using System.Runtime.InteropServices;

namespace Detr.Kernels;

/// <summary>Working memory that kernels borrow for packed panels and give back: pinned, on 64-byte boundaries, reused.</summary>
internal sealed class ScratchMemory
{
    private const int AlignmentBytes = 64;
    private readonly Lock _lock = new();
    private readonly List<Block> _free = [];

    internal long Bytes { get; private set; }

    internal Lease Rent(int length)
    {
        lock (_lock)
        {
            int best = -1;
            for (int i = 0; i < _free.Count; i++)
            {
                if (_free[i].Length >= length && (best < 0 || _free[i].Length < _free[best].Length))
                {
                    best = i;
                }
            }

            if (best >= 0)
            {
                Block found = _free[best];
                _free.RemoveAt(best);
                return new Lease(this, found);
            }

            // Growing: the largest idle block makes way, so that sizes that creep up do not leave a trail behind.
            if (_free.Count > 0)
            {
                int largest = 0;
                for (int i = 1; i < _free.Count; i++)
                {
                    largest = _free[i].Length > _free[largest].Length ? i : largest;
                }

                Bytes -= (long)_free[largest].Length * sizeof(float);
                _free.RemoveAt(largest);
            }

            Bytes += (long)length * sizeof(float);
        }

        return new Lease(this, new Block(length));
    }

    private void Return(Block block)
    {
        lock (_lock)
        {
            _free.Add(block);
        }
    }

    internal sealed unsafe class Block
    {
        private readonly float[] _array;

        internal Block(int length)
        {
            Length = length;
            _array = GC.AllocateUninitializedArray<float>(length + (AlignmentBytes / sizeof(float)), pinned: true);
            nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
            Pointer = (float*)((address + AlignmentBytes - 1) & ~(nint)(AlignmentBytes - 1));
        }

        internal int Length { get; }

        internal float* Pointer { get; }
    }

    internal readonly unsafe struct Lease(ScratchMemory owner, Block block) : IDisposable
    {
        internal float* Pointer => block.Pointer;

        public void Dispose() => owner.Return(block);
    }
}
