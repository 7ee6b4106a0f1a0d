using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Says by how much each head of an attention counts.</summary>
public interface IHeadMask
{
    /// <summary>
    /// Factors on the attention probabilities after the softmax: 0 switches a head off, 1 leaves it. One a head, [heads], or one for each
    /// head and query, [heads, queries]; empty leaves all heads as they are.
    /// </summary>
    /// <param name="name">The attention's name, such as <c>transformer.decoder.layers.5.multihead_attn</c>.</param>
    /// <param name="shape">Its sizes.</param>
    ReadOnlySpan<float> Factors(string name, in AttentionShape shape);
}
