namespace Detr.Tensors;

/// <summary>Says by how much each head of an attention counts.</summary>
public interface IHeadMask
{
    /// <summary>
    /// Factors on the attention probabilities after the softmax, one a head: 0 switches a head off, 1 leaves it.
    /// Empty leaves all heads as they are.
    /// </summary>
    /// <param name="name">The attention's name, such as <c>transformer.decoder.layers.5.multihead_attn</c>.</param>
    /// <param name="heads">How many heads it has.</param>
    ReadOnlySpan<float> Factors(string name, int heads);
}
