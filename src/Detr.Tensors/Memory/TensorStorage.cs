namespace Detr.Tensors;

/// <summary>
/// The memory behind one or more tensors, counted by its holders: it goes back to its owner for reuse when the last
/// holder lets go. A holder who forgets costs only that reuse: the memory is the collector's like any other.
/// </summary>
public abstract class TensorStorage
{
    private int _holders = 1;

    /// <summary>How many elements fit.</summary>
    public abstract int Capacity { get; }

    /// <summary>The elements as the host sees them; on another device, a copy that was fetched.</summary>
    public abstract ReadOnlySpan<float> HostElements { get; }

    /// <summary>Whether more than one holder could see a write.</summary>
    internal bool IsShared => Volatile.Read(ref _holders) > 1;

    /// <summary>Replaces elements by the host's.</summary>
    /// <param name="offset">The first element to replace.</param>
    /// <param name="source">The new values.</param>
    public abstract void Write(int offset, ReadOnlySpan<float> source);

    /// <summary>Whether these are a parameter's elements, which stay: what is derived from them is worth keeping.</summary>
    internal bool IsParameter { get; init; }

    /// <summary>How often a parameter's elements were replaced.</summary>
    internal int Version { get; private set; }

    internal void MarkChanged() => Version++;

    internal void Hold() => Interlocked.Increment(ref _holders);

    internal void Release()
    {
        int left = Interlocked.Decrement(ref _holders);
        if (left == 0)
        {
            Recycle();
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("A tensor's storage was released more often than it was held.");
        }
    }

    internal void Revive() => _holders = 1;

    /// <summary>Gives the memory back to where it came from.</summary>
    protected abstract void Recycle();
}
