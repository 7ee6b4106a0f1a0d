namespace Detr.Kernels;

/// <summary>The samples of a deformable attention: where they are and what they weigh.</summary>
internal readonly unsafe struct SamplePlaces(DeformableAttentionShape shape, float* locations, float* weights)
{
    internal DeformableAttentionShape Shape => shape;

    /// <summary>(x, y) of each sample.</summary>
    internal float* Locations => locations;

    /// <summary>The weight of each sample.</summary>
    internal float* Weights => weights;

    /// <summary>The first sample of a head of a query, queries counted through the batch.</summary>
    internal nint First(int query, int head) => (((nint)query * shape.Heads) + head) * shape.Samples;
}
