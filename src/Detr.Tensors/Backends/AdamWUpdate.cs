namespace Detr.Tensors;

/// <summary>A tensor's part in an AdamW step; all four of one shape.</summary>
/// <param name="Parameter">What is trained.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="FirstMoment">The gradient's running mean.</param>
/// <param name="SecondMoment">The running mean of its square.</param>
public readonly record struct AdamWUpdate(Tensor Parameter, Tensor Gradient, Tensor FirstMoment, Tensor SecondMoment);
