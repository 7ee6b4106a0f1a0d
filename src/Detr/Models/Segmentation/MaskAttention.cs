using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Where a query looks, one map for each head (Carion et al. 2020, section 4.4 and figure 8). As in the reference a query's
/// attention sums to 1 over the cells of all heads together, so that heads can differ in weight.
/// </summary>
internal sealed class MaskAttention
{
    // Far below any score, so that its exponential is 0, and yet no infinity that a difference could turn into a NaN.
    private const float Never = -1e9f;

    private readonly int _heads;
    private readonly Linear _query;
    private readonly Linear _key;

    internal MaskAttention(ParameterSet parameters, string name, int channels, int heads)
    {
        _heads = heads;
        _query = new Linear(parameters, $"{name}.q_linear", channels, channels);
        _key = new Linear(parameters, $"{name}.k_linear", channels, channels);
    }

    /// <summary>What is looked at, once for all queries of an image.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="memory">The image's cells, [cells, channels].</param>
    /// <returns>[heads, cells, channels of a head].</returns>
    internal Tensor Keys(ForwardContext context, Tensor memory) => ByHead(context, _key.Forward(context, memory));

    /// <summary>The maps of an image's queries.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="queries">[queries, channels].</param>
    /// <param name="keys">What <see cref="Keys"/> made.</param>
    /// <param name="padded">Which cells are padding; empty for none.</param>
    /// <returns>[queries, cells, heads].</returns>
    internal Tensor Forward(ForwardContext context, Tensor queries, Tensor keys, ReadOnlySpan<bool> padded)
    {
        using Scope scope = context.Scope();
        int count = queries.Shape[0], cells = keys.Shape[1];
        Tensor scaled = context.Scale(ByHead(context, _query.Forward(context, queries)), 1f / MathF.Sqrt(keys.Shape[2]));
        Tensor scores = context.MatrixProduct(scaled, keys, transposeB: true);
        if (padded.Contains(true))
        {
            scores = context.Add(scores, Bias(context, padded));
        }

        Tensor byQuery = context.Reshape(context.Permute(scores, 1, 0, 2), [count, _heads * cells]);
        Tensor maps = context.Reshape(context.Softmax(byQuery), [count, _heads, cells]);
        return scope.Keep(context.Permute(maps, 0, 2, 1));
    }

    private Tensor ByHead(ForwardContext context, Tensor x)
        => context.Permute(context.Reshape(x, [x.Shape[0], _heads, x.Shape[1] / _heads]), 1, 0, 2);

    private static Tensor Bias(ForwardContext context, ReadOnlySpan<bool> padded)
    {
        float[] bias = new float[padded.Length];
        for (int i = 0; i < bias.Length; i++)
        {
            bias[i] = padded[i] ? Never : 0f;
        }

        return context.Upload([1, 1, bias.Length], bias);
    }
}
