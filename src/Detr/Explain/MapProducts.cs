using System.Numerics.Tensors;

namespace Detr.Explain;

/// <summary>Attention maps as matrices A, [queries, keys].</summary>
internal static class MapProducts
{
    /// <summary>A x.</summary>
    internal static float[] Times(this AttentionMap map, float[] x)
    {
        float[] y = new float[map.Queries];
        for (int row = 0; row < y.Length; row++)
        {
            y[row] = TensorPrimitives.Dot(map.Row(row), x);
        }

        return y;
    }

    /// <summary>Aᵀ x.</summary>
    internal static float[] TransposedTimes(this AttentionMap map, float[] x)
    {
        float[] y = new float[map.Keys];
        for (int row = 0; row < map.Queries; row++)
        {
            TensorPrimitives.MultiplyAdd(map.Row(row), x[row], y, y);
        }

        return y;
    }
}
