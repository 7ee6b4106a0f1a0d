namespace Detr.Kernels;

/// <summary>Arithmetic on shapes that differ: axes are aligned at the last one, and an axis of size 1 is repeated.</summary>
public static class Broadcasting
{
    private const int MaximumRank = 8;

    /// <summary>y = a + b.</summary>
    public static void Add(WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
    {
        if (a.Length == b.Length && b.Length == y.Length)
        {
            Elementwise.Add(pool, a, b, y);
            return;
        }

        Walk(shapeA, a, shapeB, b, shapeY, y, default(Sum));
    }

    /// <summary>y = a − b.</summary>
    public static void Subtract(WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
    {
        if (a.Length == b.Length && b.Length == y.Length)
        {
            Elementwise.Subtract(pool, a, b, y);
            return;
        }

        Walk(shapeA, a, shapeB, b, shapeY, y, default(Difference));
    }

    /// <summary>y = a · b.</summary>
    public static void Multiply(WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
    {
        if (a.Length == b.Length && b.Length == y.Length)
        {
            Elementwise.Multiply(pool, a, b, y);
            return;
        }

        Walk(shapeA, a, shapeB, b, shapeY, y, default(Product));
    }

    /// <summary>y = a / b.</summary>
    public static void Divide(WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
    {
        if (a.Length == b.Length && b.Length == y.Length)
        {
            Elementwise.Divide(pool, a, b, y);
            return;
        }

        Walk(shapeA, a, shapeB, b, shapeY, y, default(Quotient));
    }

    /// <summary>Sums x over the axes along which y has size 1 or none: what broadcasting does to a gradient.</summary>
    public static void ReduceSum(ReadOnlySpan<int> shapeX, ReadOnlySpan<float> x, ReadOnlySpan<int> shapeY, Span<float> y)
    {
        Span<int> steps = stackalloc int[MaximumRank];
        Span<int> axes = stackalloc int[MaximumRank];
        Steps(shapeY, shapeX, steps);
        double[] sums = new double[y.Length];
        int inner = shapeX.Length == 0 ? 1 : shapeX[^1];
        int innerStep = shapeX.Length == 0 ? 0 : steps[shapeX.Length - 1];
        axes.Clear();
        int target = 0;
        for (int i = 0; i < x.Length; i += inner)
        {
            for (int k = 0; k < inner; k++)
            {
                sums[target + (k * innerStep)] += x[i + k];
            }

            target = Advance(shapeX, steps, axes, target);
        }

        for (int i = 0; i < sums.Length; i++)
        {
            y[i] = (float)sums[i];
        }
    }

    private static void Walk<TFunction>(
        ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y, TFunction function)
        where TFunction : struct, IScalarFunction
    {
        Span<int> stepsA = stackalloc int[MaximumRank], stepsB = stackalloc int[MaximumRank];
        Span<int> axesA = stackalloc int[MaximumRank], axesB = stackalloc int[MaximumRank];
        Steps(shapeA, shapeY, stepsA);
        Steps(shapeB, shapeY, stepsB);
        axesA.Clear();
        axesB.Clear();
        int inner = shapeY.Length == 0 ? 1 : shapeY[^1];
        int innerA = shapeY.Length == 0 ? 0 : stepsA[shapeY.Length - 1], innerB = shapeY.Length == 0 ? 0 : stepsB[shapeY.Length - 1];
        int ia = 0, ib = 0;
        for (int i = 0; i < y.Length; i += inner)
        {
            for (int k = 0; k < inner; k++)
            {
                y[i + k] = function.Apply(a[ia + (k * innerA)], b[ib + (k * innerB)]);
            }

            ia = Advance(shapeY, stepsA, axesA, ia);
            ib = Advance(shapeY, stepsB, axesB, ib);
        }
    }

    /// <summary>Elements from one place to the next along each axis of the larger shape; 0 where the smaller one repeats.</summary>
    private static void Steps(ReadOnlySpan<int> small, ReadOnlySpan<int> large, Span<int> steps)
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

    /// <summary>The place of the next inner run: an odometer over all axes but the last.</summary>
    private static int Advance(ReadOnlySpan<int> shape, ReadOnlySpan<int> steps, Span<int> axes, int place)
    {
        for (int i = shape.Length - 2; i >= 0; i--)
        {
            place += steps[i];
            if (++axes[i] < shape[i])
            {
                return place;
            }

            place -= steps[i] * shape[i];
            axes[i] = 0;
        }

        return place;
    }

    private interface IScalarFunction
    {
        float Apply(float a, float b);
    }

    private readonly struct Sum : IScalarFunction
    {
        public float Apply(float a, float b) => a + b;
    }

    private readonly struct Difference : IScalarFunction
    {
        public float Apply(float a, float b) => a - b;
    }

    private readonly struct Product : IScalarFunction
    {
        public float Apply(float a, float b) => a * b;
    }

    private readonly struct Quotient : IScalarFunction
    {
        public float Apply(float a, float b) => a / b;
    }
}
