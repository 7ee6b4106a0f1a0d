using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>
/// Sees what a backward pass brings to attention probabilities. An attention that is wanted begins the chain of what needs a gradient, so
/// that nothing before the first one is recorded unless it needs a gradient of its own.
/// </summary>
public interface IAttentionGradientObserver
{
    /// <summary>Whether the gradient of an attention's probabilities is wanted; asked in the forward pass. To refuse their size, throw here.</summary>
    /// <param name="name">The attention's name, such as <c>transformer.encoder.layers.0.self_attn</c>.</param>
    /// <param name="shape">Its sizes.</param>
    bool Wants(string name, in AttentionShape shape);

    /// <summary>Takes the gradient; both tensors are valid during this call, copy what is to stay.</summary>
    /// <param name="name">The attention's name.</param>
    /// <param name="probabilities">After the softmax, before the head mask, [batch, heads, queries, keys].</param>
    /// <param name="gradient">The derivative with respect to them, or what a <see cref="IBackwardRule"/> carries in its place, of the same shape.</param>
    void Observe(string name, Tensor probabilities, Tensor gradient);
}
