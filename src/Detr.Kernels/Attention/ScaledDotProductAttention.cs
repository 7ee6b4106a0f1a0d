namespace Detr.Kernels;

/// <summary>
/// Attention(q, k, v) = softmax(q kᵀ / √d) v for each head, d the size of its queries and keys (Vaswani et al. 2017, section 3.2).
/// Scores are made for a block of queries at a time, and stored only if the probabilities are asked for.
/// </summary>
public static unsafe class ScaledDotProductAttention
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="q">[batch, queries, heads · size].</param>
    /// <param name="k">[batch, keys, heads · size].</param>
    /// <param name="v">[batch, keys, heads · value size].</param>
    /// <param name="options">Padding, bias, head factors, dropout.</param>
    /// <param name="probabilities">[batch, heads, queries, keys] after the softmax, before factors and dropout; or empty.</param>
    /// <param name="output">[batch, queries, heads · value size].</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Forward(
        WorkerPool pool, in AttentionShape shape, ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v,
        AttentionOptions options, Span<float> probabilities, Span<float> output)
    {
        Check(shape, q.Length, k.Length, v.Length, output.Length, probabilities.Length, options);
        fixed (float* pq = q, pk = k, pv = v, pp = probabilities, po = output, bias = options.Bias, heads = options.HeadFactors)
        fixed (bool* padding = options.KeyPadding)
        {
            AttentionForward body = new(pool.Scratch, shape, AttentionWeighting.From(shape, options, bias, heads, padding))
            {
                Q = pq, K = pk, V = pv, Probabilities = pp, Output = po,
            };
            pool.For(body.Tasks, 1, ref body);
        }
    }

    /// <summary>The backward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="q">[batch, queries, heads · size].</param>
    /// <param name="k">[batch, keys, heads · size].</param>
    /// <param name="v">[batch, keys, heads · value size].</param>
    /// <param name="options">As in the forward pass.</param>
    /// <param name="probabilities">[batch, heads, queries, keys], from the forward pass.</param>
    /// <param name="dOutput">[batch, queries, heads · value size].</param>
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
                Weights = AttentionWeighting.From(shape, options, bias, heads, padding),
            };
            pool.For(shape.Batch * shape.Heads, 1, ref body);
        }
    }

    private static void Check(in AttentionShape shape, int q, int k, int v, int output, int probabilities, AttentionOptions options)
    {
        long queries = (long)shape.Batch * shape.Queries, keys = (long)shape.Batch * shape.Keys;
        if (q < queries * shape.Channels || output < queries * shape.ValueChannels || k < keys * shape.Channels || v < keys * shape.ValueChannels
            || (probabilities != 0 && probabilities < (long)shape.Batch * shape.Heads * shape.Queries * shape.Keys))
        {
            throw new ArgumentException(
                $"The attention {shape} does not fit {q} elements of queries, {k} of keys, {v} of values, {output} of results and {probabilities} probabilities.", nameof(shape));
        }

        if ((!options.KeyPadding.IsEmpty && options.KeyPadding.Length < shape.Batch * shape.Keys)
            || (!options.Bias.IsEmpty && options.Bias.Length < shape.Queries * shape.Keys)
            || (!options.HeadFactors.IsEmpty && options.HeadFactors.Length != shape.Heads && options.HeadFactors.Length != shape.Heads * shape.Queries))
        {
            throw new ArgumentException($"A mask does not fit the attention {shape}.", nameof(options));
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
        internal AttentionWeighting Weights;

        public readonly void Execute(int start, int end)
        {
            int keys = Shape.Keys, queries = Shape.Queries, channels = Shape.Channels, size = Shape.HeadSize, valueChannels = Shape.ValueChannels;
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
                    Pool, keys, Shape.ValueSize, queries, new MatrixOperand(used, keys, alongDepth: false),
                    new MatrixOperand(DOutput + place.Output, valueChannels, alongDepth: false), new RowTarget(Dv + place.Value, valueChannels), plain);
                float* d = gradient.Pointer;
                BlockedProduct.Run(
                    Pool, queries, keys, Shape.ValueSize, new MatrixOperand(DOutput + place.Output, valueChannels, alongDepth: true),
                    new MatrixOperand(V + place.Value, valueChannels, alongDepth: true), new RowTarget(d, keys), plain);
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
                Weights.Weigh(new Span<float>(rows + ((nint)i * Shape.Keys), Shape.Keys), head, i, (((long)sequence * Shape.Queries) + i) * Shape.Keys);
            }
        }
    }
}
