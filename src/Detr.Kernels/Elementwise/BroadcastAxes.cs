namespace Detr.Kernels;

/// <summary>
/// The axes that two operands are walked along, with neighbouring axes made one wherever both operands allow it: what is
/// left of a row over rows are two axes, of a number over anything one.
/// </summary>
internal unsafe struct BroadcastAxes
{
    /// <summary>The most axes that a shape may have.</summary>
    internal const int MaximumRank = 8;

    /// <summary>How many axes; 1 or more.</summary>
    internal int Rank;

    /// <summary>The sizes, the last axis innermost.</summary>
    internal fixed int Sizes[MaximumRank];

    /// <summary>Elements of the first operand from one place to the next; 0 where it repeats.</summary>
    internal fixed int StepsA[MaximumRank];

    /// <summary>Elements of the second operand from one place to the next; 0 where it repeats.</summary>
    internal fixed int StepsB[MaximumRank];

    /// <summary>Elements along the innermost axis.</summary>
    internal int Inner => Sizes[Rank - 1];

    /// <summary>Aligns two shapes with the one they are broadcast to.</summary>
    /// <exception cref="ArgumentException">A shape cannot be broadcast.</exception>
    internal static BroadcastAxes Align(ReadOnlySpan<int> shapeA, ReadOnlySpan<int> shapeB, ReadOnlySpan<int> shape)
    {
        Span<int> stepsA = stackalloc int[MaximumRank], stepsB = stackalloc int[MaximumRank];
        FindSteps(shapeA, shape, stepsA);
        FindSteps(shapeB, shape, stepsB);

        // From the innermost axis outwards, so the merged axes come out in reverse.
        BroadcastAxes axes = default;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            int last = axes.Rank - 1;
            if (shape[i] == 1)
            {
                continue;
            }

            if (last >= 0 && stepsA[i] == axes.StepsA[last] * axes.Sizes[last] && stepsB[i] == axes.StepsB[last] * axes.Sizes[last])
            {
                axes.Sizes[last] *= shape[i];
                continue;
            }

            axes.Sizes[axes.Rank] = shape[i];
            axes.StepsA[axes.Rank] = stepsA[i];
            axes.StepsB[axes.Rank++] = stepsB[i];
        }

        if (axes.Rank == 0)
        {
            axes.Sizes[axes.Rank++] = 1;
        }

        new Span<int>(axes.Sizes, axes.Rank).Reverse();
        new Span<int>(axes.StepsA, axes.Rank).Reverse();
        new Span<int>(axes.StepsB, axes.Rank).Reverse();
        return axes;
    }

    /// <summary>The elements of a shape.</summary>
    internal static int Length(ReadOnlySpan<int> shape)
    {
        int length = 1;
        foreach (int size in shape)
        {
            length = checked(length * size);
        }

        return length;
    }

    private static void FindSteps(ReadOnlySpan<int> small, ReadOnlySpan<int> large, Span<int> steps)
    {
        if (large.Length > MaximumRank || small.Length > large.Length)
        {
            throw new ArgumentException($"A shape of {small.Length} axes cannot be broadcast to {large.Length}.", nameof(small));
        }

        int step = 1;
        int lead = large.Length - small.Length;
        for (int i = large.Length - 1; i >= 0; i--)
        {
            int size = i >= lead ? small[i - lead] : 1;
            if (size != 1 && size != large[i])
            {
                throw new ArgumentException($"An axis of {size} cannot be broadcast to {large[i]}.", nameof(small));
            }

            steps[i] = size == 1 ? 0 : step;
            step *= size;
        }
    }
}
