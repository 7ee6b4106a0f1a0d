using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// Attention(q, k, v) = softmax(q kᵀ / √d) v for each head (Vaswani et al. 2017, section 3.2). Scores are made for a block
/// of queries at a time, and stored only if the probabilities are asked for.
/// </summary>
public static unsafe class ScaledDotProductAttention
{
    private const int QueryBlock = 120;

    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="q">[batch, queries, heads · size].</param>
    /// <param name="k">[batch, keys, heads · size].</param>
    /// <param name="v">[batch, keys, heads · size].</param>
    /// <param name="options">Padding, bias, head factors, dropout.</param>
    /// <param name="probabilities">[batch, heads, queries, keys] after the softmax, before factors and dropout; or empty.</param>
    /// <param name="output">[batch, queries, heads · size].</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Forward(
        WorkerPool pool, in AttentionShape shape, ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v,
        AttentionOptions options, Span<float> probabilities, Span<float> output)
    {
        Check(shape, q.Length, k.Length, v.Length, output.Length, probabilities.Length, options);
        fixed (float* pq = q, pk = k, pv = v, pp = probabilities, po = output, bias = options.Bias, heads = options.HeadFactors)
        fixed (bool* padding = options.KeyPadding)
        {
            int blocks = (shape.Queries + QueryBlock - 1) / QueryBlock;
            ForwardBody body = new()
            {
                Pool = pool, Shape = shape, Q = pq, K = pk, V = pv, Probabilities = pp, Output = po,
                Weights = Weighting.From(shape, options, bias, heads, padding), Blocks = blocks,
            };
            pool.For(shape.Batch * shape.Heads * blocks, 1, ref body);
        }
    }

    /// <summary>The backward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="q">[batch, queries, heads · size].</param>
    /// <param name="k">[batch, keys, heads · size].</param>
    /// <param name="v">[batch, keys, heads · size].</param>
    /// <param name="options">As in the forward pass.</param>
    /// <param name="probabilities">[batch, heads, queries, keys], from the forward pass.</param>
    /// <param name="dOutput">[batch, queries, heads · size].</param>
    /// <param name="dq">The gradient of q; overwritten.</param>
    /// <param name="dk">The gradient of k; overwritten.</param>
    /// <param name="dv">The gradient of v; overwritten.</param>
    /// <param name="dProbabilities">The gradient of the probabilities, [batch, heads, queries, keys]; or empty.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Backward(
        WorkerPool pool, in AttentionShape shape, ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v,
        AttentionOptions options, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> dOutput,
        Span<float> dq, Span<float> dk, Span<float> dv, Span<float> dProbabilities)
    {
        Check(shape, q.Length, k.Length, v.Length, dOutput.Length, probabilities.Length, options);
        if (probabilities.IsEmpty && shape.ProbabilityLength > 0)
        {
            throw new ArgumentException("The backward pass needs the forward pass's probabilities.", nameof(probabilities));
        }

        Check(shape, dq.Length, dk.Length, dv.Length, dOutput.Length, dProbabilities.Length, options);
        fixed (float* pq = q, pk = k, pv = v, pp = probabilities, pdo = dOutput, pdq = dq, pdk = dk, pdv = dv, pdp = dProbabilities, bias = options.Bias, heads = options.HeadFactors)
        fixed (bool* padding = options.KeyPadding)
        {
            BackwardBody body = new()
            {
                Pool = pool, Shape = shape, Q = pq, K = pk, V = pv, Probabilities = pp, DOutput = pdo, Dq = pdq, Dk = pdk, Dv = pdv, DProbabilities = pdp,
                Weights = Weighting.From(shape, options, bias, heads, padding),
            };
            pool.For(shape.Batch * shape.Heads, 1, ref body);
        }
    }

    private static void Check(in AttentionShape shape, int q, int k, int v, int output, int probabilities, AttentionOptions options)
    {
        long queries = (long)shape.Batch * shape.Queries * shape.Channels, keys = (long)shape.Batch * shape.Keys * shape.Channels;
        if (q < queries || output < queries || k < keys || v < keys || (probabilities != 0 && probabilities < (long)shape.Batch * shape.Heads * shape.Queries * shape.Keys))
        {
            throw new ArgumentException($"The attention {shape} needs {queries} elements for queries and {keys} for keys, not {q} and {k}.", nameof(shape));
        }

        if ((!options.KeyPadding.IsEmpty && options.KeyPadding.Length < shape.Batch * shape.Keys)
            || (!options.Bias.IsEmpty && options.Bias.Length < shape.Queries * shape.Keys)
            || (!options.HeadFactors.IsEmpty && options.HeadFactors.Length < shape.Heads))
        {
            throw new ArgumentException($"A mask is too short for the attention {shape}.", nameof(options));
        }
    }

    /// <summary>What happens to scores before the softmax and to probabilities after it.</summary>
    private struct Weighting
    {
        private float* _bias;
        private float* _heads;
        private bool* _padding;
        private float _dropout;
        private ulong _seed;
        private int _keys;

        internal static Weighting From(in AttentionShape shape, AttentionOptions options, float* bias, float* heads, bool* padding) => new()
        {
            _bias = bias, _heads = heads, _padding = padding, _dropout = options.Dropout, _seed = options.DropoutSeed, _keys = shape.Keys,
        };

        internal readonly bool ChangesProbabilities => _heads != null || _dropout > 0f;

        internal readonly void Mask(Span<float> scores, int batch, int query)
        {
            if (_bias != null)
            {
                TensorPrimitives.Add(scores, new ReadOnlySpan<float>(_bias + ((nint)query * _keys), _keys), scores);
            }

            if (_padding != null)
            {
                bool* padded = _padding + ((nint)batch * _keys);
                for (int i = 0; i < scores.Length; i++)
                {
                    if (padded[i])
                    {
                        scores[i] = float.NegativeInfinity;
                    }
                }
            }
        }

        /// <summary>Head factor and dropout; linear, so it is its own backward pass.</summary>
        internal readonly void Weigh(Span<float> row, int head, long firstIndex)
        {
            if (_dropout > 0f)
            {
                ulong threshold = Dropout.Threshold(_dropout);
                float scale = 1f / (1f - _dropout);
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = Dropout.Bits(_seed, firstIndex + i) >= threshold ? row[i] * scale : 0f;
                }
            }

            if (_heads != null)
            {
                TensorPrimitives.Multiply(row, _heads[head], row);
            }
        }
    }

    /// <summary>Where a head's channels begin: in the tokens of queries, from one of them on, and in those of keys and values.</summary>
    private readonly struct HeadPlace
    {
        internal HeadPlace(in AttentionShape shape, int sequence, int firstQuery = 0)
        {
            (Batch, Head) = Math.DivRem(sequence, shape.Heads);
            int channel = Head * shape.HeadSize;
            Query = ((((nint)Batch * shape.Queries) + firstQuery) * shape.Channels) + channel;
            Key = ((nint)Batch * shape.Keys * shape.Channels) + channel;
        }

        internal int Batch { get; }

        internal int Head { get; }

        internal nint Query { get; }

        internal nint Key { get; }
    }

    private struct ForwardBody : IRangeBody
    {
        internal WorkerPool Pool;
        internal AttentionShape Shape;
        internal float* Q;
        internal float* K;
        internal float* V;
        internal float* Probabilities;
        internal float* Output;
        internal Weighting Weights;
        internal int Blocks;

        public readonly void Execute(int start, int end)
        {
            int keys = Shape.Keys, channels = Shape.Channels, size = Shape.HeadSize;
            float scale = 1f / MathF.Sqrt(size);
            using ScratchMemory.Lease scratch = Pool.Scratch.Rent(Math.Max(1, QueryBlock * keys));
            for (int task = start; task < end; task++)
            {
                (int sequence, int block) = Math.DivRem(task, Blocks);
                int first = block * QueryBlock, count = Math.Min(QueryBlock, Shape.Queries - first);
                HeadPlace place = new(Shape, sequence, first);
                float* scores = scratch.Pointer;
                BlockedProduct.Run(
                    Pool, count, keys, size, new MatrixOperand(Q + place.Query, channels, alongDepth: true),
                    new MatrixOperand(K + place.Key, channels, alongDepth: true), new RowTarget(scores, keys), new TileStore { Alpha = scale });
                for (int i = 0; i < count; i++)
                {
                    Span<float> row = new(scores + ((nint)i * keys), keys);
                    Weights.Mask(row, place.Batch, first + i);
                    Softmax.Row(row, row);
                    long index = ((((long)sequence * Shape.Queries) + first + i) * keys);
                    if (Probabilities != null)
                    {
                        row.CopyTo(new Span<float>(Probabilities + index, keys));
                    }

                    Weights.Weigh(row, place.Head, index);
                }

                BlockedProduct.Run(
                    Pool, count, size, keys, new MatrixOperand(scores, keys, alongDepth: true),
                    new MatrixOperand(V + place.Key, channels, alongDepth: false), new RowTarget(Output + place.Query, channels), new TileStore { Alpha = 1f });
            }
        }
    }

    private struct BackwardBody : IRangeBody
    {
        internal WorkerPool Pool;
        internal AttentionShape Shape;
        internal float* Q;
        internal float* K;
        internal float* V;
        internal float* Probabilities;
        internal float* DOutput;
        internal float* Dq;
        internal float* Dk;
        internal float* Dv;
        internal float* DProbabilities;
        internal Weighting Weights;

        public readonly void Execute(int start, int end)
        {
            int keys = Shape.Keys, queries = Shape.Queries, channels = Shape.Channels, size = Shape.HeadSize;
            float scale = 1f / MathF.Sqrt(size);
            using ScratchMemory.Lease weighed = Pool.Scratch.Rent(Math.Max(1, queries * keys));
            using ScratchMemory.Lease gradient = Pool.Scratch.Rent(Math.Max(1, queries * keys));
            for (int sequence = start; sequence < end; sequence++)
            {
                HeadPlace place = new(Shape, sequence);
                float* p = Probabilities + ((nint)sequence * queries * keys);
                float* used = p;
                if (Weights.ChangesProbabilities)
                {
                    used = weighed.Pointer;
                    new ReadOnlySpan<float>(p, queries * keys).CopyTo(new Span<float>(used, queries * keys));
                    WeighAll(used, place.Head, sequence);
                }

                TileStore plain = new() { Alpha = 1f }, scaled = new() { Alpha = scale };
                BlockedProduct.Run(
                    Pool, keys, size, queries, new MatrixOperand(used, keys, alongDepth: false),
                    new MatrixOperand(DOutput + place.Query, channels, alongDepth: false), new RowTarget(Dv + place.Key, channels), plain);
                float* d = gradient.Pointer;
                BlockedProduct.Run(
                    Pool, queries, keys, size, new MatrixOperand(DOutput + place.Query, channels, alongDepth: true),
                    new MatrixOperand(V + place.Key, channels, alongDepth: true), new RowTarget(d, keys), plain);
                if (Weights.ChangesProbabilities)
                {
                    WeighAll(d, place.Head, sequence);
                }

                if (DProbabilities != null)
                {
                    new ReadOnlySpan<float>(d, queries * keys).CopyTo(new Span<float>(DProbabilities + ((nint)sequence * queries * keys), queries * keys));
                }

                for (int i = 0; i < queries; i++)
                {
                    Span<float> row = new(d + ((nint)i * keys), keys);
                    Softmax.RowBackward(new ReadOnlySpan<float>(p + ((nint)i * keys), keys), row, row);
                }

                BlockedProduct.Run(
                    Pool, queries, size, keys, new MatrixOperand(d, keys, alongDepth: true),
                    new MatrixOperand(K + place.Key, channels, alongDepth: false), new RowTarget(Dq + place.Query, channels), scaled);
                BlockedProduct.Run(
                    Pool, keys, size, queries, new MatrixOperand(d, keys, alongDepth: false),
                    new MatrixOperand(Q + place.Query, channels, alongDepth: false), new RowTarget(Dk + place.Key, channels), scaled);
            }
        }

        private readonly void WeighAll(float* rows, int head, int sequence)
        {
            for (int i = 0; i < Shape.Queries; i++)
            {
                Weights.Weigh(new Span<float>(rows + ((nint)i * Shape.Keys), Shape.Keys), head, (((long)sequence * Shape.Queries) + i) * Shape.Keys);
            }
        }
    }
}
