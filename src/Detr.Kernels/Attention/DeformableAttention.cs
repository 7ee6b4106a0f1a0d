namespace Detr.Kernels;

/// <summary>
/// Multi-scale deformable attention (Zhu et al. 2021, equation 3): each head of a query takes bilinear samples of its
/// slice of the values at a few places on every level, and adds them up by weight. A location is (x, y), 0 to 1 across a
/// level, so that the cell is location · size − 0.5; a level is zero beyond its edges, and a location far away or not a
/// number takes nothing and gets no gradient.
/// </summary>
public static unsafe class DeformableAttention
{
    /// <summary>The forward pass: output = Σ over levels and points of weight · sample.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">[batch, tokens, heads · size].</param>
    /// <param name="locations">[batch, queries, heads, levels, points, 2].</param>
    /// <param name="weights">[batch, queries, heads, levels, points].</param>
    /// <param name="output">[batch, queries, heads · size].</param>
    /// <exception cref="ArgumentException">A span is not of its size.</exception>
    public static void Forward(
        WorkerPool pool, DeformableAttentionShape shape, ReadOnlySpan<float> value, ReadOnlySpan<float> locations, ReadOnlySpan<float> weights, Span<float> output)
    {
        shape.Check(value.Length, locations.Length, weights.Length, output.Length);
        fixed (float* pv = value, pl = locations, pw = weights, po = output)
        {
            ForwardBody body = new() { Scratch = pool.Scratch, Places = new(shape, pl, pw), Value = pv, Output = po };
            pool.For(shape.Batch * shape.Queries, QueryGrain(shape), ref body);
        }
    }

    /// <summary>The gradients, the same for any number of threads.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">As in the forward pass.</param>
    /// <param name="locations">As in the forward pass.</param>
    /// <param name="weights">As in the forward pass.</param>
    /// <param name="dOutput">[batch, queries, heads · size].</param>
    /// <param name="dValue">The gradient of the values; overwritten.</param>
    /// <param name="dLocations">The gradient of the locations; overwritten.</param>
    /// <param name="dWeights">The gradient of the weights; overwritten.</param>
    /// <exception cref="ArgumentException">A span is not of its size.</exception>
    public static void Backward(
        WorkerPool pool, DeformableAttentionShape shape, ReadOnlySpan<float> value, ReadOnlySpan<float> locations, ReadOnlySpan<float> weights,
        ReadOnlySpan<float> dOutput, Span<float> dValue, Span<float> dLocations, Span<float> dWeights)
    {
        shape.Check(value.Length, locations.Length, weights.Length, dOutput.Length);
        shape.Check(dValue.Length, dLocations.Length, dWeights.Length, dOutput.Length);
        fixed (float* pv = value, pl = locations, pw = weights, pdo = dOutput, pdv = dValue, pdl = dLocations, pdw = dWeights)
        {
            SampleBody samples = new() { Places = new(shape, pl, pw), Value = pv, DOutput = pdo, DLocations = pdl, DWeights = pdw };
            pool.For(shape.Batch * shape.Queries, QueryGrain(shape), ref samples);

            // A cell gets something from any query, but only from its own head and level.
            ValueBody values = new() { Places = new(shape, pl, pw), DOutput = pdo, DValue = pdv };
            pool.For(shape.Batch * shape.Heads * shape.Levels.Length, 1, ref values);
        }
    }

    private static int QueryGrain(DeformableAttentionShape shape) => Grain.Rows((int)Math.Min(int.MaxValue, 4L * shape.Samples * shape.Channels));

    private struct ForwardBody : IRangeBody
    {
        internal ScratchMemory Scratch;
        internal SamplePlaces Places;
        internal float* Value;
        internal float* Output;

        public readonly void Execute(int start, int end)
        {
            DeformableAttentionShape shape = Places.Shape;
            int size = shape.HeadSize, channels = shape.Channels, corners = 4 * shape.Samples;
            using ScratchMemory.Lease lease = Scratch.Rent(2 * corners);
            float* shares = lease.Pointer;
            int* offsets = (int*)(shares + corners);
            for (int query = start; query < end; query++)
            {
                float* image = Value + ((nint)(query / shape.Queries) * shape.Tokens * channels);
                for (int head = 0; head < shape.Heads; head++)
                {
                    int count = 0;
                    nint sample = Places.First(query, head);
                    for (int level = 0; level < shape.Levels.Length; level++)
                    {
                        for (int point = 0; point < shape.Points; point++, sample++)
                        {
                            if (Places.TryFind(sample, level, out SamplePlace place))
                            {
                                for (int corner = 0; corner < 4; corner++, count++)
                                {
                                    shares[count] = place.Share(corner) * Places.Weight(sample);
                                    offsets[count] = place.Token(corner) * channels;
                                }
                            }
                        }
                    }

                    RowMath.WeightedSum(shares, offsets, count, image + (head * size), Output + ((nint)query * channels) + (head * size), size);
                }
            }
        }
    }

    private struct SampleBody : IRangeBody
    {
        internal SamplePlaces Places;
        internal float* Value;
        internal float* DOutput;
        internal float* DLocations;
        internal float* DWeights;

        public readonly void Execute(int start, int end)
        {
            DeformableAttentionShape shape = Places.Shape;
            for (int query = start; query < end; query++)
            {
                for (int head = 0; head < shape.Heads; head++)
                {
                    nint sample = Places.First(query, head);
                    for (int level = 0; level < shape.Levels.Length; level++)
                    {
                        for (int point = 0; point < shape.Points; point++, sample++)
                        {
                            Do(query, head, level, sample);
                        }
                    }
                }
            }
        }

        private readonly void Do(int query, int head, int level, nint sample)
        {
            DeformableAttentionShape shape = Places.Shape;
            float share = 0f, byX = 0f, byY = 0f;
            if (Places.TryFind(sample, level, out SamplePlace place))
            {
                float* image = Value + ((nint)(query / shape.Queries) * shape.Tokens * shape.Channels) + (head * shape.HeadSize);
                float* gradient = DOutput + ((nint)query * shape.Channels) + (head * shape.HeadSize);
                for (int corner = 0; corner < 4; corner++)
                {
                    float dot = RowMath.Dot(gradient, image + ((nint)place.Token(corner) * shape.Channels), shape.HeadSize);
                    share += dot * place.Share(corner);
                    byX += dot * place.SlopeX(corner);
                    byY += dot * place.SlopeY(corner);
                }
            }

            float weight = Places.Weight(sample);
            DWeights[sample] = share;
            DLocations[2 * sample] = byX * weight * shape.Levels[level].Width;
            DLocations[(2 * sample) + 1] = byY * weight * shape.Levels[level].Height;
        }
    }

    private struct ValueBody : IRangeBody
    {
        internal SamplePlaces Places;
        internal float* DOutput;
        internal float* DValue;

        public readonly void Execute(int start, int end)
        {
            DeformableAttentionShape shape = Places.Shape;
            for (int task = start; task < end; task++)
            {
                (int rest, int level) = Math.DivRem(task, shape.Levels.Length);
                (int image, int head) = Math.DivRem(rest, shape.Heads);
                Do(image, head, level);
            }
        }

        private readonly void Do(int image, int head, int level)
        {
            DeformableAttentionShape shape = Places.Shape;
            int size = shape.HeadSize, channels = shape.Channels, first = shape.Starts[level];
            float* target = DValue + ((nint)image * shape.Tokens * channels) + (head * size);
            (int height, int width) = shape.Levels[level];
            for (int token = first; token < first + (height * width); token++)
            {
                new Span<float>(target + ((nint)token * channels), size).Clear();
            }

            for (int query = image * shape.Queries; query < (image + 1) * shape.Queries; query++)
            {
                float* gradient = DOutput + ((nint)query * channels) + (head * size);
                nint sample = Places.First(query, head) + (level * shape.Points);
                for (int point = 0; point < shape.Points; point++, sample++)
                {
                    if (Places.TryFind(sample, level, out SamplePlace place))
                    {
                        for (int corner = 0; corner < 4; corner++)
                        {
                            RowMath.AddScaled(gradient, place.Share(corner) * Places.Weight(sample), target + ((nint)place.Token(corner) * channels), size);
                        }
                    }
                }
            }
        }
    }
}
