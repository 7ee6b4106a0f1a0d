namespace Detr.Kernels;

/// <summary>
/// Multi-scale deformable attention (Zhu et al. 2021, equation 3): each head of a query takes bilinear samples of its
/// slice of the values at a few places on every level, and adds them up by weight. A location is (x, y), 0 to 1 across a
/// level, so that the cell is location · size − 0.5; a level is zero beyond its edges, and a location far away or not a
/// number takes nothing and gets no gradient.
/// </summary>
public static unsafe class DeformableAttention
{
    /// <summary>Queries that a thread takes at once: enough that its tables cost nothing.</summary>
    private const int RunOfQueries = 8;

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
            pool.For(shape.Batch * shape.Queries, Math.Max(RunOfQueries, QueryGrain(shape)), ref body);
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
            int count = SampleCorners.Count(shape), size = shape.HeadSize;
            using ScratchMemory.Lease lease = Scratch.Rent((2 * count) + SampleCorners.Length(shape));
            float* shares = lease.Pointer;
            int* offsets = (int*)(shares + count);
            SampleCorners corners = new(shape, shares + (2 * count));
            for (int query = start; query < end; query++)
            {
                float* image = Value + ((nint)(query / shape.Queries) * shape.Tokens * shape.Channels);
                for (int head = 0; head < shape.Heads; head++)
                {
                    nint sample = Places.First(query, head);
                    corners.Find(Places.Locations + (2 * sample), Places.Weights + sample, shares, offsets);
                    RowMath.WeightedSum(shares, offsets, count, image + (head * size), Output + ((nint)query * shape.Channels) + (head * size), size);
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
            int size = shape.HeadSize, channels = shape.Channels;
            for (int query = start; query < end; query++)
            {
                float* image = Value + ((nint)(query / shape.Queries) * shape.Tokens * channels);
                for (int head = 0; head < shape.Heads; head++)
                {
                    nint sample = Places.First(query, head);
                    for (int level = 0; level < shape.Levels.Length; level++, sample += shape.Points)
                    {
                        float* cells = image + ((nint)shape.Starts[level] * channels) + (head * size);
                        Do(sample, level, cells, DOutput + ((nint)query * channels) + (head * size));
                    }
                }
            }
        }

        private readonly void Do(nint first, int level, float* cells, float* gradient)
        {
            (int height, int width) = Places.Shape.Levels[level];
            int size = Places.Shape.HeadSize;
            nint channels = Places.Shape.Channels, line = width * channels;
            for (nint sample = first; sample < first + Places.Shape.Points; sample++)
            {
                float across = SampleAxis.Cell(Places.Locations[2 * sample], width), down = SampleAxis.Cell(Places.Locations[(2 * sample) + 1], height);
                float share = 0f, byX = 0f, byY = 0f;
                if (SampleAxis.IsOn(across, width) && SampleAxis.IsOn(down, height))
                {
                    SampleAxis x = new(across, width), y = new(down, height);
                    float* upper = cells + (y.First * line), lower = cells + (y.Second * line);
                    nint left = x.First * channels, right = x.Second * channels;
                    float a = RowMath.Dot(gradient, upper + left, size), b = RowMath.Dot(gradient, upper + right, size);
                    float c = RowMath.Dot(gradient, lower + left, size), d = RowMath.Dot(gradient, lower + right, size);
                    float above = (a * x.FirstShare) + (b * x.SecondShare), below = (c * x.FirstShare) + (d * x.SecondShare);
                    share = (above * y.FirstShare) + (below * y.SecondShare);
                    byX = (((a * x.FirstSlope) + (b * x.SecondSlope)) * y.FirstShare) + (((c * x.FirstSlope) + (d * x.SecondSlope)) * y.SecondShare);
                    byY = (above * y.FirstSlope) + (below * y.SecondSlope);
                }

                float weight = Places.Weights[sample];
                DWeights[sample] = share;
                DLocations[2 * sample] = byX * weight * width;
                DLocations[(2 * sample) + 1] = byY * weight * height;
            }
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
            (int height, int width) = shape.Levels[level];
            int size = shape.HeadSize, points = shape.Points;
            nint channels = shape.Channels, line = width * channels;
            float* cells = DValue + ((((nint)image * shape.Tokens) + shape.Starts[level]) * channels) + (head * size);
            for (int cell = 0; cell < height * width; cell++)
            {
                new Span<float>(cells + (cell * channels), size).Clear();
            }

            for (int query = image * shape.Queries; query < (image + 1) * shape.Queries; query++)
            {
                float* gradient = DOutput + (query * channels) + (head * size);
                nint first = Places.First(query, head) + (level * points);
                for (nint sample = first; sample < first + points; sample++)
                {
                    float across = SampleAxis.Cell(Places.Locations[2 * sample], width), down = SampleAxis.Cell(Places.Locations[(2 * sample) + 1], height);
                    if (SampleAxis.IsOn(across, width) && SampleAxis.IsOn(down, height))
                    {
                        SampleAxis x = new(across, width), y = new(down, height);
                        float weight = Places.Weights[sample], above = y.FirstShare * weight, below = y.SecondShare * weight;
                        float* upper = cells + (y.First * line), lower = cells + (y.Second * line);
                        nint left = x.First * channels, right = x.Second * channels;
                        RowMath.AddScaled(gradient, above * x.FirstShare, upper + left, size);
                        RowMath.AddScaled(gradient, above * x.SecondShare, upper + right, size);
                        RowMath.AddScaled(gradient, below * x.FirstShare, lower + left, size);
                        RowMath.AddScaled(gradient, below * x.SecondShare, lower + right, size);
                    }
                }
            }
        }
    }
}
