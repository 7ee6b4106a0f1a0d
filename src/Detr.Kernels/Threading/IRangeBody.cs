namespace Detr.Kernels;

/// <summary>The body of a parallel loop: a struct, so that a call costs no allocation and can be inlined.</summary>
public interface IRangeBody
{
    /// <summary>Does the items from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    void Execute(int start, int end);
}
