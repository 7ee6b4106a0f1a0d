using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>Arithmetic on shapes that differ: axes are aligned at the last one, and an axis of size 1 is repeated.</summary>
public static unsafe class Broadcasting
{
    private const int ElementsPerThread = 32768;

    /// <summary>y = a + b.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shapeA">The shape of a; at most 8 axes.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="shapeB">The shape of b.</param>
    /// <param name="b">The second operand.</param>
    /// <param name="shapeY">The shape that both are broadcast to.</param>
    /// <param name="y">The result; may be an operand of the same shape.</param>
    /// <exception cref="ArgumentException">A shape cannot be broadcast, or is not that of its span.</exception>
    public static void Add(WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
        => Walk<Sum>(pool, shapeA, a, shapeB, b, shapeY, y);

    /// <summary>y = a − b; see <see cref="Add"/>.</summary>
    public static void Subtract(WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
        => Walk<Difference>(pool, shapeA, a, shapeB, b, shapeY, y);

    /// <summary>y = a · b; see <see cref="Add"/>.</summary>
    public static void Multiply(WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
        => Walk<Product>(pool, shapeA, a, shapeB, b, shapeY, y);

    /// <summary>y = a / b; see <see cref="Add"/>.</summary>
    public static void Divide(WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
        => Walk<Quotient>(pool, shapeA, a, shapeB, b, shapeY, y);

    /// <summary>Sums x over the axes along which y has size 1 or none: what broadcasting does to a gradient.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shapeX">The shape of x; at most 8 axes.</param>
    /// <param name="x">The terms.</param>
    /// <param name="shapeY">The shape of y, aligned at the last axis.</param>
    /// <param name="y">The sums; overwritten.</param>
    /// <exception cref="ArgumentException">y cannot be broadcast to x, or a shape is not that of its span.</exception>
    public static void ReduceSum(WorkerPool pool, ReadOnlySpan<int> shapeX, ReadOnlySpan<float> x, ReadOnlySpan<int> shapeY, Span<float> y)
    {
        BroadcastAxes axes = BroadcastAxes.Align(shapeX, shapeY, shapeX);
        CheckLength(shapeX, x.Length);
        CheckLength(shapeY, y.Length);
        if (x.IsEmpty)
        {
            y.Clear();
            return;
        }

        // Rows of x along its innermost axis: a row adds to as many sums, or, if that axis is summed as well, to one.
        int inner = axes.Inner, width = axes.StepsB[axes.Rank - 1] == 0 ? 1 : inner;
        fixed (float* px = x)
        {
            ReducedRows rows = new(px, axes);
            ColumnSums.Run(pool, rows, y.Length / width, x.Length / inner / (y.Length / width), width, y, inner);
        }
    }

    private static void Walk<TFunction>(
        WorkerPool pool, ReadOnlySpan<int> shapeA, ReadOnlySpan<float> a, ReadOnlySpan<int> shapeB, ReadOnlySpan<float> b, ReadOnlySpan<int> shapeY, Span<float> y)
        where TFunction : struct, IBinaryFunction
    {
        BroadcastAxes axes = BroadcastAxes.Align(shapeA, shapeB, shapeY);
        CheckLength(shapeA, a.Length);
        CheckLength(shapeB, b.Length);
        CheckLength(shapeY, y.Length);
        fixed (float* pa = a, pb = b, py = y)
        {
            Body<TFunction> body = new() { Axes = axes, A = pa, B = pb, Y = py };
            pool.For(y.Length, ElementsPerThread, ref body);
        }
    }

    private static void CheckLength(ReadOnlySpan<int> shape, int length)
    {
        if (BroadcastAxes.Length(shape) != length)
        {
            throw new ArgumentException($"{length} elements are not [{string.Join(", ", shape.ToArray())}].", nameof(shape));
        }
    }

    private struct Body<TFunction> : IRangeBody
        where TFunction : struct, IBinaryFunction
    {
        internal BroadcastAxes Axes;
        internal float* A;
        internal float* B;
        internal float* Y;

        public void Execute(int start, int end)
        {
            int inner = Axes.Inner, last = Axes.Rank - 1;
            int* places = stackalloc int[BroadcastAxes.MaximumRank];
            nint a = 0, b = 0;
            for (int axis = last, rest = start; axis >= 0; axis--)
            {
                (rest, places[axis]) = Math.DivRem(rest, Axes.Sizes[axis]);
                a += (nint)places[axis] * Axes.StepsA[axis];
                b += (nint)places[axis] * Axes.StepsB[axis];
            }

            int at = places[last];
            while (start < end)
            {
                int count = Math.Min(inner - at, end - start);
                Run(A + a, Axes.StepsA[last], B + b, Axes.StepsB[last], new Span<float>(Y + start, count));
                a -= (nint)at * Axes.StepsA[last];
                b -= (nint)at * Axes.StepsB[last];
                at = 0;
                start += count;
                for (int axis = last - 1; axis >= 0; axis--)
                {
                    a += Axes.StepsA[axis];
                    b += Axes.StepsB[axis];
                    if (++places[axis] < Axes.Sizes[axis])
                    {
                        break;
                    }

                    a -= (nint)places[axis] * Axes.StepsA[axis];
                    b -= (nint)places[axis] * Axes.StepsB[axis];
                    places[axis] = 0;
                }
            }
        }

        private static void Run(float* a, int stepA, float* b, int stepB, Span<float> y)
        {
            TFunction function = default;
            if (stepA == 0 && stepB == 0)
            {
                function.Apply(new ReadOnlySpan<float>(a, 1), *b, y[..1]);
                y[1..].Fill(y[0]);
            }
            else if (stepA == 0)
            {
                function.Apply(*a, new ReadOnlySpan<float>(b, y.Length), y);
            }
            else if (stepB == 0)
            {
                function.Apply(new ReadOnlySpan<float>(a, y.Length), *b, y);
            }
            else
            {
                function.Apply(new ReadOnlySpan<float>(a, y.Length), new ReadOnlySpan<float>(b, y.Length), y);
            }
        }
    }

    /// <summary>Finds the rows of x that belong to a run of sums: segments count along the kept axes, rows along the summed ones.</summary>
    private struct ReducedRows(float* x, BroadcastAxes axes) : IRowAccumulator
    {
        private BroadcastAxes _axes = axes;

        public void AddRows(int first, int last, int segment, Span<float> sums)
        {
            for (int row = first; row < last; row++)
            {
                AddRow(row, segment, sums);
            }
        }

        private void AddRow(int row, int segment, Span<float> sums)
        {
            int last = _axes.Rank - 1;
            nint offset = 0;
            int rowsPerSegment = 1;
            for (int axis = 0; axis < last; axis++)
            {
                rowsPerSegment *= _axes.StepsB[axis] == 0 ? _axes.Sizes[axis] : 1;
            }

            int kept = segment, summed = row - (segment * rowsPerSegment);
            for (int axis = last - 1; axis >= 0; axis--)
            {
                int place;
                if (_axes.StepsB[axis] == 0)
                {
                    (summed, place) = Math.DivRem(summed, _axes.Sizes[axis]);
                }
                else
                {
                    (kept, place) = Math.DivRem(kept, _axes.Sizes[axis]);
                }

                offset += (nint)place * _axes.StepsA[axis];
            }

            ReadOnlySpan<float> line = new(x + offset, _axes.Inner);
            if (_axes.StepsB[last] == 0)
            {
                sums[0] += TensorPrimitives.Sum(line);
            }
            else
            {
                TensorPrimitives.Add(sums, line, sums);
            }
        }
    }

    private readonly struct Sum : IBinaryFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Add(a, b, y);

        public void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => TensorPrimitives.Add(a, b, y);

        public void Apply(float a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Add(b, a, y);
    }

    private readonly struct Difference : IBinaryFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Subtract(a, b, y);

        public void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => TensorPrimitives.Subtract(a, b, y);

        public void Apply(float a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Subtract(a, b, y);
    }

    private readonly struct Product : IBinaryFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Multiply(a, b, y);

        public void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => TensorPrimitives.Multiply(a, b, y);

        public void Apply(float a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Multiply(b, a, y);
    }

    private readonly struct Quotient : IBinaryFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Divide(a, b, y);

        public void Apply(ReadOnlySpan<float> a, float b, Span<float> y) => TensorPrimitives.Divide(a, b, y);

        public void Apply(float a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Divide(a, b, y);
    }
}
