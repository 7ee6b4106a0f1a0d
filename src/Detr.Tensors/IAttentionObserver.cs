using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Sees every attention's probabilities as a forward pass makes them.</summary>
public interface IAttentionObserver
{
    /// <summary>Whether the probabilities of an attention are wanted; only then are they stored. To refuse their size, throw here.</summary>
    /// <param name="name">The attention's name, such as <c>transformer.encoder.layers.0.self_attn</c>.</param>
    /// <param name="shape">Its sizes.</param>
    bool Wants(string name, in AttentionShape shape);

    /// <summary>Takes the probabilities.</summary>
    /// <param name="name">The attention's name.</param>
    /// <param name="probabilities">
    /// After the softmax, zero for heads that are off, [batch, heads, queries, keys]; valid during this call, copy what is to stay.
    /// </param>
    void Observe(string name, Tensor probabilities);
}
