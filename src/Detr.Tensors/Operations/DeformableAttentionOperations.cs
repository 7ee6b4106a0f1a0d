using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Attention that samples a few places (Zhu et al. 2021).</summary>
public static class DeformableAttentionOperations
{
    /// <summary>Where a deformable attention samples: reference + offset / (width, height), or centre + offset / points · (w, h) / 2.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="shape">The attention's sizes.</param>
    /// <param name="offsets">[batch, queries, heads, levels, points, 2].</param>
    /// <param name="references">Points (x, y) or boxes (x, y, w, h), 0 to 1 across a level, [batch, queries, levels, 2 or 4].</param>
    /// <returns>(x, y), 0 to 1 across a level, of the offsets' shape.</returns>
    /// <exception cref="ArgumentException">A tensor is not of its size.</exception>
    public static Tensor SamplingLocations(this ForwardContext context, DeformableAttentionShape shape, Tensor offsets, Tensor references)
    {
        Tensor locations = context.Allocate(offsets.Shape);
        context.Backend.SamplingLocations(shape, offsets, references, locations);
        return context.Record(locations, [offsets, references], dLocations =>
        {
            Tensor dOffsets = context.Allocate(offsets.Shape), dReferences = context.Allocate(references.Shape);
            context.Backend.SamplingLocationsBackward(shape, offsets, references, dLocations, dOffsets, dReferences);
            context.AddGradients((offsets, dOffsets), (references, dReferences));
        });
    }

    /// <summary>
    /// Σ over levels and points of weight · bilinear sample, for each head; the context's observer sees the samples, its head mask
    /// weighs them. What lies outside a level is zero.
    /// </summary>
    /// <param name="context">The pass.</param>
    /// <param name="name">The attention's name, for observer and mask.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="value">[batch, tokens, channels].</param>
    /// <param name="locations">(x, y), 0 to 1 across a level, [batch, queries, heads, levels, points, 2].</param>
    /// <param name="weights">[batch, queries, heads, levels, points].</param>
    /// <param name="references">What the locations were placed by, for the observer alone; may be null.</param>
    /// <returns>[batch, queries, channels].</returns>
    /// <exception cref="ArgumentException">A tensor is not of its size.</exception>
    public static Tensor DeformableAttention(
        this ForwardContext context, string name, DeformableAttentionShape shape, Tensor value, Tensor locations, Tensor weights, Tensor? references = null)
    {
        Tensor weighed = Weigh(context, name, shape, weights);
        Tensor output = context.Allocate([shape.Batch, shape.Queries, shape.Channels]);
        context.Backend.DeformableAttention(shape, value, locations, weighed, output);
        if (context.DeformableAttentionObserver is { } observer && observer.Wants(name, shape))
        {
            observer.Observe(name, references, locations, weighed);
        }

        return context.Record(output, [value, locations, weighed], dOutput =>
        {
            Tensor dValue = context.Allocate(value.Shape), dLocations = context.Allocate(locations.Shape), dWeights = context.Allocate(weighed.Shape);
            context.Backend.DeformableAttentionBackward(shape, value, locations, weighed, dOutput, dValue, dLocations, dWeights);
            context.AddGradients((value, dValue), (locations, dLocations), (weighed, dWeights));
        });
    }

    private static Tensor Weigh(ForwardContext context, string name, DeformableAttentionShape shape, Tensor weights)
    {
        AttentionShape sizes = new(shape.Batch, shape.Heads, shape.Queries, shape.Tokens, shape.HeadSize);
        ReadOnlySpan<float> factors = context.HeadMask is { } mask ? mask.Factors(name, sizes) : default;
        if (factors.IsEmpty)
        {
            return weights;
        }

        Tensor byHead = context.Upload([shape.Heads, factors.Length / shape.Heads, 1, 1], factors);
        return context.Multiply(weights, context.Permute(byHead, 1, 0, 2, 3));
    }
}
