using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Sees where every deformable attention samples, and by what weight.</summary>
public interface IDeformableAttentionObserver
{
    /// <summary>Whether the samples of an attention are wanted.</summary>
    /// <param name="name">The attention's name, such as <c>transformer.decoder.layers.0.cross_attn</c>.</param>
    /// <param name="shape">Its sizes.</param>
    bool Wants(string name, DeformableAttentionShape shape);

    /// <summary>Takes the samples; the tensors are valid during this call, copy what is to stay.</summary>
    /// <param name="name">The attention's name.</param>
    /// <param name="references">
    /// What they are placed by: points (x, y) or boxes (x, y, w, h), 0 to 1 across a level, [batch, queries, levels, 2 or 4]; null where the
    /// attention was given places alone.
    /// </param>
    /// <param name="locations">
    /// (x, y), 0 to 1 across the padded picture, beyond it where nothing is taken, [batch, queries, heads, levels, points, 2].
    /// </param>
    /// <param name="weights">After the softmax, zero for heads that are off, [batch, queries, heads, levels, points].</param>
    void Observe(string name, Tensor? references, Tensor locations, Tensor weights);
}
