using System.Numerics;

namespace Detr.Tensors;

/// <summary>
/// Reuses storage: what the last step let go serves the next one, so that a steady state allocates nothing.
/// Sizes are rounded up to eight steps an octave, so that at most an eighth of a block lies idle.
/// </summary>
internal sealed class HostMemory
{
    private const int SmallestCapacity = 64;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Stack<HostStorage>> _free = [];

    /// <summary>Bytes that were taken from the collector and are in use or ready for reuse.</summary>
    internal long HeldBytes { get; private set; }

    internal HostStorage Rent(int length)
    {
        int capacity = RoundUp(length);
        lock (_lock)
        {
            if (_free.TryGetValue(capacity, out Stack<HostStorage>? stack) && stack.TryPop(out HostStorage? storage))
            {
                storage.Revive();
                return storage;
            }

            HeldBytes += (long)capacity * sizeof(float);
        }

        return new HostStorage(capacity, this);
    }

    internal void Return(HostStorage storage)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(storage.Capacity, out Stack<HostStorage>? stack))
            {
                _free.Add(storage.Capacity, stack = new Stack<HostStorage>());
            }

            stack.Push(storage);
        }
    }

    /// <summary>Leaves everything that is not in use to the collector.</summary>
    internal void Trim()
    {
        lock (_lock)
        {
            foreach ((int capacity, Stack<HostStorage> stack) in _free)
            {
                HeldBytes -= (long)capacity * sizeof(float) * stack.Count;
            }

            _free.Clear();
        }
    }

    private static int RoundUp(int length)
    {
        if (length <= SmallestCapacity)
        {
            return SmallestCapacity;
        }

        int step = (int)Math.Max(BitOperations.RoundUpToPowerOf2((uint)length) >> 4, 16);
        return (int)Math.Min(((long)length + step - 1) / step * step, Array.MaxLength - 64);
    }
}
