namespace Detr.Kernels;

/// <summary>What an AdamW step works on for one tensor; all four of one length.</summary>
/// <param name="Parameter">What is trained.</param>
/// <param name="Gradient">Its gradient; left as it is.</param>
/// <param name="FirstMoment">The gradient's running mean.</param>
/// <param name="SecondMoment">The running mean of its square.</param>
public readonly record struct AdamWTensor(Memory<float> Parameter, ReadOnlyMemory<float> Gradient, Memory<float> FirstMoment, Memory<float> SecondMoment)
{
    /// <summary>How many elements there are.</summary>
    public int Length => Parameter.Length;
}
