using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>Keeps where chosen queries of a forward pass's deformable attentions sample, of every image.</summary>
/// <param name="wanted">Which queries of an attention to keep, cells in an encoder; none where it is of no interest.</param>
/// <param name="memoryLimit">The most bytes that may be kept. A query with 8 heads, 4 levels and 4 points takes 1.5 KiB of an attention.</param>
public sealed class SamplingCapture(Func<AttentionPlace, IReadOnlyCollection<int>> wanted, long memoryLimit = AttentionCapture.DefaultMemoryLimit) : IDeformableAttentionObserver
{
    // Of a point, its location and its weight; of a level, a box at most.
    private const int PointSize = 3;
    private const int ReferenceSize = 4;

    private readonly Dictionary<(AttentionPlace Place, int Image, int Query), SamplingPoints> _kept = [];
    private readonly Dictionary<AttentionPlace, long> _bytes = [];

    /// <summary>The attentions of which something was kept.</summary>
    public IReadOnlyCollection<AttentionPlace> Places => _bytes.Keys;

    /// <summary>Where a query samples.</summary>
    /// <param name="place">In which attention.</param>
    /// <param name="query">The query or, in an encoder, the cell.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <exception cref="KeyNotFoundException">That was not kept.</exception>
    public SamplingPoints Of(AttentionPlace place, int query, int image = 0) => _kept[(place, image, query)];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The attention has no such query.</exception>
    /// <exception cref="MemoryLimitException">Keeping it as well would take more than the limit.</exception>
    public bool Wants(string name, DeformableAttentionShape shape)
    {
        if (AttentionPlace.Find(name) is not { } place || wanted(place) is not { Count: > 0 } queries)
        {
            return false;
        }

        foreach (int query in queries)
        {
            if (query < 0 || query >= shape.Queries)
            {
                throw new ArgumentException($"{name} has no query {query}; they go from 0 to {shape.Queries - 1}.", nameof(shape));
            }
        }

        long numbers = ((long)PointSize * shape.Heads * shape.Samples) + (ReferenceSize * shape.Levels.Length);
        long bytes = sizeof(float) * numbers * shape.Batch * queries.Count, all = bytes + _bytes.Where(kept => kept.Key != place).Sum(kept => kept.Value);
        if (all > memoryLimit)
        {
            throw MemoryLimitException.Of($"Keeping the sampling points of {name}", all, memoryLimit);
        }

        _bytes[place] = bytes;
        return true;
    }

    /// <inheritdoc/>
    public void Observe(string name, Tensor? references, Tensor locations, Tensor weights)
    {
        AttentionPlace place = AttentionPlace.Find(name)!.Value;
        (int images, int queries, int heads, int levels, int points) = (weights.Shape[0], weights.Shape[1], weights.Shape[2], weights.Shape[3], weights.Shape[4]);
        for (int image = 0; image < images; image++)
        {
            foreach (int query in wanted(place))
            {
                int row = (image * queries) + query, rows = images * queries;
                _kept[(place, image, query)] = new SamplingPoints(heads, levels, points, Row(locations, row, rows), Row(weights, row, rows), references is null ? [] : Row(references, row, rows));
            }
        }
    }

    private static float[] Row(Tensor tensor, int row, int rows)
    {
        int length = tensor.Length / rows;
        return tensor.AsSpan().Slice(row * length, length).ToArray();
    }
}
