using System.Numerics.Tensors;

namespace Detr.Explain;

/// <summary>
/// How tokens that attend to each other have come to speak for one another (Chefer, Gur and Wolf 2021, equations 6 and 8): R begins as I, and
/// each layer's map A makes it R + A R, so that R = (I + A_L) … (I + A_1) = I + E. Normalised, n(R) = I + E with rows brought to a sum of 1.
/// </summary>
/// <remarks>
/// R is never formed: products with vectors cost the square of the number of tokens, not its cube. E is kept apart from I, where float32 would lose it.
/// </remarks>
internal sealed class SelfRelevance
{
    private readonly IReadOnlyList<AttentionMap> _layers;
    private readonly bool _aggregates;
    private readonly float[]? _rowSums;

    /// <summary>Looks at some layers.</summary>
    /// <param name="layers">Their maps, the first layer's first.</param>
    /// <param name="normalizes">Whether products are with n(R) or with R.</param>
    /// <param name="aggregates">Whether a layer adds to R; else it replaces R by A R, and nothing is normalised.</param>
    internal SelfRelevance(IReadOnlyList<AttentionMap> layers, bool normalizes, bool aggregates)
    {
        (_layers, _aggregates) = (layers, aggregates);
        if (normalizes && aggregates && layers.Count > 0)
        {
            float[] ones = new float[layers[0].Queries];
            ones.AsSpan().Fill(1f);
            _rowSums = Spread(ones);
        }
    }

    /// <summary>Whether a row of E is zero, so that bringing its sum to 1 divides zero by zero.</summary>
    internal bool HasEmptyRow => _rowSums.AsSpan().Contains(0f);

    /// <summary>n(R) x.</summary>
    internal float[] Times(float[] x)
    {
        if (!_aggregates)
        {
            return _layers.Aggregate(x, (y, layer) => layer.Times(y));
        }

        float[] y = Spread(x);
        Normalize(y);
        TensorPrimitives.Add(x, y, y);
        return y;
    }

    /// <summary>n(R)ᵀ x.</summary>
    internal float[] TransposedTimes(float[] x)
    {
        if (!_aggregates)
        {
            return _layers.Reverse().Aggregate(x, (y, layer) => layer.TransposedTimes(y));
        }

        float[] start = [.. x], y = new float[x.Length];
        Normalize(start);
        foreach (AttentionMap layer in _layers.Reverse())
        {
            Step(layer.TransposedTimes, start, y);
        }

        TensorPrimitives.Add(x, y, y);
        return y;
    }

    /// <summary>E x.</summary>
    private float[] Spread(float[] x)
    {
        float[] y = new float[x.Length];
        foreach (AttentionMap layer in _layers)
        {
            Step(layer.Times, x, y);
        }

        return y;
    }

    /// <summary>y ← y + A (x + y): one more factor I + A before I + E, seen from E's side.</summary>
    private static void Step(Func<float[], float[]> product, float[] x, float[] y)
    {
        float[] sum = new float[x.Length];
        TensorPrimitives.Add(x, y, sum);
        TensorPrimitives.Add(y, product(sum), y);
    }

    /// <summary>Divides by the rows' sums; a row of zeros stays one.</summary>
    private void Normalize(float[] y)
    {
        for (int row = 0; _rowSums is not null && row < y.Length; row++)
        {
            y[row] = _rowSums[row] == 0f ? 0f : y[row] / _rowSums[row];
        }
    }
}
