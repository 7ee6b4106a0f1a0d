namespace Detr.Kernels;

/// <summary>C = Alpha · op(A) op(B) + Beta · C, then an epilogue: general matrix product in float32.</summary>
public static unsafe class MatrixProduct
{
    /// <summary>A product of two matrices.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">Sizes, layout and factors.</param>
    /// <param name="a">A, [Rows, Depth], or [Depth, Rows] when transposed.</param>
    /// <param name="b">B, [Depth, Columns], or [Columns, Depth] when transposed.</param>
    /// <param name="c">C, [Rows, Columns]; must not overlap A or B.</param>
    /// <param name="epilogue">What is done to the result before it is stored.</param>
    /// <exception cref="ArgumentException">A span is too short for the shape.</exception>
    public static void Execute(
        WorkerPool pool, in MatrixShape shape, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, Epilogue epilogue = default)
    {
        shape.CheckA(a.Length);
        shape.CheckB(b.Length);
        CheckResult(shape, c, epilogue);
        fixed (float* pa = a, pb = b, pc = c, scale = epilogue.Scale, bias = epilogue.Bias, residual = epilogue.Residual)
        {
            BlockedProduct.Run(
                pool, shape.Rows, shape.Columns, shape.Depth,
                new MatrixOperand(pa, shape.ActualStrideA, !shape.TransposeA),
                new MatrixOperand(pb, shape.ActualStrideB, shape.TransposeB),
                new RowTarget(pc, shape.ActualStrideC),
                Store(shape, scale, bias, residual, epilogue.Activation));
        }
    }

    /// <summary>A product with a right operand that is packed already; its layout in the shape is not looked at.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">Sizes, layout and factors.</param>
    /// <param name="a">A, [Rows, Depth], or [Depth, Rows] when transposed.</param>
    /// <param name="b">B, packed.</param>
    /// <param name="c">C, [Rows, Columns]; must not overlap A.</param>
    /// <param name="epilogue">What is done to the result before it is stored.</param>
    /// <exception cref="ArgumentException">A span is too short for the shape, or B has other sizes.</exception>
    public static void Execute(
        WorkerPool pool, in MatrixShape shape, ReadOnlySpan<float> a, PackedMatrix b, Span<float> c, Epilogue epilogue = default)
    {
        if (b.Depth != shape.Depth || b.Columns != shape.Columns)
        {
            throw new ArgumentException($"The packed matrix is {b.Depth} × {b.Columns}, not {shape.Depth} × {shape.Columns}.", nameof(b));
        }

        shape.CheckA(a.Length);
        CheckResult(shape, c, epilogue);
        fixed (float* pa = a, pc = c, scale = epilogue.Scale, bias = epilogue.Bias, residual = epilogue.Residual)
        {
            BlockedProduct.Run(
                pool, shape.Rows, shape.Columns, shape.Depth,
                new MatrixOperand(pa, shape.ActualStrideA, !shape.TransposeA),
                b.Panels,
                new RowTarget(pc, shape.ActualStrideC),
                Store(shape, scale, bias, residual, epilogue.Activation));
        }

        // The threads have pointers into its memory, which the collector does not see.
        GC.KeepAlive(b);
    }

    /// <summary>Several products of one shape, each operand at a fixed step from the one before.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">Sizes, layout and factors of each.</param>
    /// <param name="batches">How many.</param>
    /// <param name="stepA">Elements from one A to the next.</param>
    /// <param name="stepB">Elements from one B to the next.</param>
    /// <param name="stepC">Elements from one C to the next.</param>
    /// <param name="a">All As.</param>
    /// <param name="b">All Bs.</param>
    /// <param name="c">All Cs.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void ExecuteBatched(
        WorkerPool pool, in MatrixShape shape, int batches, int stepA, int stepB, int stepC, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batches);
        if (batches == 0)
        {
            return;
        }

        shape.CheckA(a.Length - ((batches - 1) * stepA));
        shape.CheckB(b.Length - ((batches - 1) * stepB));
        shape.CheckC(c.Length - ((batches - 1) * stepC));
        fixed (float* pa = a, pb = b, pc = c)
        {
            BatchBody body = new() { Pool = pool, Shape = shape, StepA = stepA, StepB = stepB, StepC = stepC, A = pa, B = pb, C = pc };
            if (batches >= pool.Threads)
            {
                pool.For(batches, 1, ref body);
            }
            else
            {
                body.Execute(0, batches);
            }
        }
    }

    /// <summary>The plain twin: three loops that sum in double precision.</summary>
    /// <inheritdoc cref="Execute(WorkerPool, in MatrixShape, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, Epilogue)"/>
    public static void ExecuteScalar(in MatrixShape shape, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, Epilogue epilogue = default)
    {
        for (int i = 0; i < shape.Rows; i++)
        {
            for (int j = 0; j < shape.Columns; j++)
            {
                double sum = 0;
                for (int k = 0; k < shape.Depth; k++)
                {
                    float x = shape.TransposeA ? a[(k * shape.ActualStrideA) + i] : a[(i * shape.ActualStrideA) + k];
                    float y = shape.TransposeB ? b[(j * shape.ActualStrideB) + k] : b[(k * shape.ActualStrideB) + j];
                    sum += (double)x * y;
                }

                int index = (i * shape.ActualStrideC) + j;
                double value = shape.Alpha * sum;
                value += shape.Beta != 0 ? shape.Beta * (double)c[index] : 0;
                value *= epilogue.Scale.IsEmpty ? 1 : epilogue.Scale[j];
                value += epilogue.Bias.IsEmpty ? 0 : epilogue.Bias[j];
                value += epilogue.Residual.IsEmpty ? 0 : epilogue.Residual[index];
                c[index] = (float)(epilogue.Activation == Activation.Relu ? Math.Max(value, 0) : value);
            }
        }
    }

    internal static TileStore Store(in MatrixShape shape, float* scale, float* bias, float* residual, Activation activation) => new()
    {
        Alpha = shape.Alpha,
        Beta = shape.Beta,
        Scale = scale,
        Bias = bias,
        Residual = residual,
        Relu = activation == Activation.Relu,
    };

    private static void CheckResult(in MatrixShape shape, ReadOnlySpan<float> c, Epilogue epilogue)
    {
        shape.CheckC(c.Length);
        epilogue.Check(shape.Columns, c.Length);
    }

    private struct BatchBody : IRangeBody
    {
        internal WorkerPool Pool;
        internal MatrixShape Shape;
        internal nint StepA;
        internal nint StepB;
        internal nint StepC;
        internal float* A;
        internal float* B;
        internal float* C;

        public readonly void Execute(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                BlockedProduct.Run(
                    Pool, Shape.Rows, Shape.Columns, Shape.Depth,
                    new MatrixOperand(A + (i * StepA), Shape.ActualStrideA, !Shape.TransposeA),
                    new MatrixOperand(B + (i * StepB), Shape.ActualStrideB, Shape.TransposeB),
                    new RowTarget(C + (i * StepC), Shape.ActualStrideC),
                    Store(Shape, null, null, null, Activation.None));
            }
        }
    }
}
