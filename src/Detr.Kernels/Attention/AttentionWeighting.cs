using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>What happens to scores before the softmax and to probabilities after it.</summary>
internal unsafe struct AttentionWeighting
{
    private float* _bias;
    private float* _heads;
    private bool* _padding;
    private float _dropout;
    private ulong _seed;
    private int _keys;
    private int _headStep;
    private int _queryStep;

    internal static AttentionWeighting From(in AttentionShape shape, AttentionOptions options, float* bias, float* heads, bool* padding) => new()
    {
        _bias = bias, _heads = heads, _padding = padding, _dropout = options.Dropout, _seed = options.DropoutSeed, _keys = shape.Keys,
        _headStep = options.HeadFactors.Length > shape.Heads ? shape.Queries : 1,
        _queryStep = options.HeadFactors.Length > shape.Heads ? 1 : 0,
    };

    internal readonly bool ChangesProbabilities => _heads != null || Drops;

    internal readonly bool Drops => _dropout > 0f;

    /// <summary>Multiplies what stands in each query's lane by the factor of its probabilities.</summary>
    /// <param name="lanes">One number a query.</param>
    /// <param name="head">The head.</param>
    /// <param name="firstQuery">The query of the first lane.</param>
    internal readonly void WeighLanes(Span<float> lanes, int head, int firstQuery)
    {
        for (int lane = 0; _heads != null && lane < lanes.Length; lane++)
        {
            lanes[lane] *= Factor(head, firstQuery + lane);
        }
    }

    /// <summary>Adds the bias to a panel of scores and takes padded keys out.</summary>
    /// <param name="panel">[keys, lanes], a lane for each query.</param>
    /// <param name="lanes">Lanes of the panel.</param>
    /// <param name="queries">How many of them are queries.</param>
    /// <param name="batch">The image.</param>
    /// <param name="firstQuery">The query of the first lane.</param>
    /// <param name="firstKey">The first key.</param>
    /// <param name="keys">How many keys.</param>
    internal readonly void Mask(float* panel, int lanes, int queries, int batch, int firstQuery, int firstKey, int keys)
    {
        for (int key = 0; _bias != null && key < keys; key++)
        {
            for (int query = 0; query < queries; query++)
            {
                panel[(key * lanes) + query] += _bias[((nint)(firstQuery + query) * _keys) + firstKey + key];
            }
        }

        for (int key = 0; _padding != null && key < keys; key++)
        {
            if (_padding[((nint)batch * _keys) + firstKey + key])
            {
                new Span<float>(panel + (key * lanes), lanes).Fill(float.NegativeInfinity);
            }
        }
    }

    /// <summary>Dropout on a panel of probabilities.</summary>
    /// <param name="panel">[keys, lanes], all keys of some queries.</param>
    /// <param name="lanes">Lanes of the panel.</param>
    /// <param name="queries">How many of them are queries.</param>
    /// <param name="firstIndex">Where the first query's probabilities begin among all.</param>
    internal readonly void Drop(float* panel, int lanes, int queries, long firstIndex)
    {
        for (int key = 0; key < _keys; key++)
        {
            for (int query = 0; query < queries; query++)
            {
                float* probability = panel + ((nint)key * lanes) + query;
                *probability = Dropped(*probability, firstIndex + ((long)query * _keys) + key);
            }
        }
    }

    /// <summary>Head factor and dropout of a row; linear, so it is its own backward pass.</summary>
    internal readonly void Weigh(Span<float> row, int head, int query, long firstIndex)
    {
        for (int i = 0; Drops && i < row.Length; i++)
        {
            row[i] = Dropped(row[i], firstIndex + i);
        }

        if (_heads != null)
        {
            TensorPrimitives.Multiply(row, Factor(head, query), row);
        }
    }

    private readonly float Factor(int head, int query) => _heads[(head * _headStep) + (query * _queryStep)];

    private readonly float Dropped(float probability, long index)
        => Dropout.Bits(_seed, index) >= Dropout.Threshold(_dropout) ? probability * (1f / (1f - _dropout)) : 0f;
}
