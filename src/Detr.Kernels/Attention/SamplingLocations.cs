using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// Where a deformable attention samples (Zhu et al. 2021, section 4.1 and appendix A.3): around a reference point (x, y) at
/// reference + offset / (width, height) of the level; in a reference box (x, y, w, h) at centre + offset / points · (w, h) / 2.
/// </summary>
public static unsafe class SamplingLocations
{
    private const int PointSize = 2;
    private const int BoxSize = 4;

    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="offsets">[batch, queries, heads, levels, points, 2].</param>
    /// <param name="references">[batch, queries, levels, 2 or 4].</param>
    /// <param name="locations">As the offsets.</param>
    /// <exception cref="ArgumentException">A span is not of its size.</exception>
    public static void Forward(WorkerPool pool, DeformableAttentionShape shape, ReadOnlySpan<float> offsets, ReadOnlySpan<float> references, Span<float> locations)
    {
        int size = ReferenceSize(shape, offsets.Length, references.Length, locations.Length);
        fixed (float* po = offsets, pr = references, pl = locations)
        {
            ForwardBody body = new() { Scratch = pool.Scratch, Shape = shape, ReferenceSize = size, Offsets = po, References = pr, Locations = pl };
            pool.For(shape.Batch * shape.Queries, QueryGrain(shape), ref body);
        }
    }

    /// <summary>The gradients.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="offsets">As in the forward pass.</param>
    /// <param name="references">As in the forward pass.</param>
    /// <param name="dLocations">The gradient of the locations.</param>
    /// <param name="dOffsets">The gradient of the offsets; overwritten.</param>
    /// <param name="dReferences">The gradient of the references; overwritten.</param>
    /// <exception cref="ArgumentException">A span is not of its size.</exception>
    public static void Backward(
        WorkerPool pool, DeformableAttentionShape shape, ReadOnlySpan<float> offsets, ReadOnlySpan<float> references,
        ReadOnlySpan<float> dLocations, Span<float> dOffsets, Span<float> dReferences)
    {
        int size = ReferenceSize(shape, offsets.Length, references.Length, dLocations.Length);
        _ = ReferenceSize(shape, dOffsets.Length, dReferences.Length, dLocations.Length);
        fixed (float* po = offsets, pr = references, pdl = dLocations, pdo = dOffsets, pdr = dReferences)
        {
            BackwardBody body = new() { Shape = shape, ReferenceSize = size, Offsets = po, References = pr, DLocations = pdl, DOffsets = pdo, DReferences = pdr };
            pool.For(shape.Batch * shape.Queries, QueryGrain(shape), ref body);
        }
    }

    private static int QueryGrain(DeformableAttentionShape shape) => Grain.Rows((int)Math.Min(int.MaxValue, 2L * shape.Heads * shape.Samples));

    private static int ReferenceSize(DeformableAttentionShape shape, int offsets, int references, int locations)
    {
        long places = (long)shape.Batch * shape.Queries * shape.Levels.Length, coordinates = places * shape.Heads * shape.Points * 2;
        return offsets == coordinates && locations == coordinates && (references == places * PointSize || references == places * BoxSize)
            ? references == places * PointSize ? PointSize : BoxSize
            : throw new ArgumentException($"{offsets} offsets, {references} coordinates of references and {locations} of locations are not those of {shape}.", nameof(offsets));
    }

    /// <summary>What an offset of 1 moves a location by, across and down.</summary>
    private static (float X, float Y) Step(DeformableAttentionShape shape, int level, float* reference, int referenceSize)
    {
        (int height, int width) = shape.Levels[level];
        return referenceSize == PointSize ? (1f / width, 1f / height) : (0.5f / shape.Points * reference[2], 0.5f / shape.Points * reference[3]);
    }

    private struct ForwardBody : IRangeBody
    {
        internal ScratchMemory Scratch;
        internal DeformableAttentionShape Shape;
        internal int ReferenceSize;
        internal float* Offsets;
        internal float* References;
        internal float* Locations;

        public readonly void Execute(int start, int end)
        {
            // What a query's places are made of is the same for all of its heads.
            int length = 2 * Shape.Samples;
            using ScratchMemory.Lease lease = Scratch.Rent(2 * length);
            Span<float> middles = new(lease.Pointer, length), steps = new(lease.Pointer + length, length);
            for (int query = start; query < end; query++)
            {
                Write(query, middles, steps);
                nint at = (nint)query * Shape.Heads * length;
                for (int head = 0; head < Shape.Heads; head++, at += length)
                {
                    TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(Offsets + at, length), steps, middles, new Span<float>(Locations + at, length));
                }
            }
        }

        private readonly void Write(int query, Span<float> middles, Span<float> steps)
        {
            int at = 0;
            for (int level = 0; level < Shape.Levels.Length; level++)
            {
                float* reference = References + ((((nint)query * Shape.Levels.Length) + level) * ReferenceSize);
                (float stepX, float stepY) = Step(Shape, level, reference, ReferenceSize);
                for (int point = 0; point < Shape.Points; point++, at += 2)
                {
                    (middles[at], middles[at + 1]) = (reference[0], reference[1]);
                    (steps[at], steps[at + 1]) = (stepX, stepY);
                }
            }
        }
    }

    private struct BackwardBody : IRangeBody
    {
        internal DeformableAttentionShape Shape;
        internal int ReferenceSize;
        internal float* Offsets;
        internal float* References;
        internal float* DLocations;
        internal float* DOffsets;
        internal float* DReferences;

        public readonly void Execute(int start, int end)
        {
            int levels = Shape.Levels.Length;
            for (int query = start; query < end; query++)
            {
                for (int level = 0; level < levels; level++)
                {
                    Do(query, level, (((nint)query * levels) + level) * ReferenceSize);
                }
            }
        }

        private readonly void Do(int query, int level, nint place)
        {
            (float stepX, float stepY) = Step(Shape, level, References + place, ReferenceSize);
            float sumX = 0f, sumY = 0f, byWidth = 0f, byHeight = 0f;
            for (int head = 0; head < Shape.Heads; head++)
            {
                nint at = (((((nint)query * Shape.Heads) + head) * Shape.Samples) + (level * Shape.Points)) * 2;
                for (int point = 0; point < Shape.Points; point++, at += 2)
                {
                    (float x, float y) = (DLocations[at], DLocations[at + 1]);
                    DOffsets[at] = x * stepX;
                    DOffsets[at + 1] = y * stepY;
                    sumX += x;
                    sumY += y;
                    byWidth += x * Offsets[at];
                    byHeight += y * Offsets[at + 1];
                }
            }

            DReferences[place] = sumX;
            DReferences[place + 1] = sumY;
            if (ReferenceSize == BoxSize)
            {
                DReferences[place + 2] = byWidth * (0.5f / Shape.Points);
                DReferences[place + 3] = byHeight * (0.5f / Shape.Points);
            }
        }
    }
}
