namespace Detr.Kernels;

/// <summary>The samples of a deformable attention: where they are and what they weigh.</summary>
internal readonly unsafe struct SamplePlaces(DeformableAttentionShape shape, float* locations, float* weights)
{
    internal DeformableAttentionShape Shape => shape;

    /// <summary>The first sample of a head of a query, queries counted through the batch.</summary>
    internal nint First(int query, int head) => (((nint)query * shape.Heads) + head) * shape.Samples;

    /// <summary>A sample's weight.</summary>
    internal float Weight(nint sample) => weights[sample];

    /// <summary>The four cells around a sample on its level.</summary>
    /// <returns>Whether any of them is on the level; if not, there is no place to read.</returns>
    internal bool TryFind(nint sample, int level, out SamplePlace place)
    {
        (int height, int width) = shape.Levels[level];
        if (SampleAxis.TryFind(locations[2 * sample], width, out SampleAxis x) && SampleAxis.TryFind(locations[(2 * sample) + 1], height, out SampleAxis y))
        {
            place = new SamplePlace(x, y, shape.Starts[level], width);
            return true;
        }

        place = default;
        return false;
    }
}
