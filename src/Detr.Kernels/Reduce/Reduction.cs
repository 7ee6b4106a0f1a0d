using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>Sums, in an order that depends on the sizes alone.</summary>
public static unsafe class Reduction
{
    private const int RunLength = 4096;

    /// <summary>Σ x², in double precision over runs of single precision.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i += RunLength)
        {
            sum += TensorPrimitives.SumOfSquares(x.Slice(i, Math.Min(RunLength, x.Length - i)));
        }

        return sum;
    }

    /// <summary>Σ x, in double precision over runs of single precision.</summary>
    public static double Sum(ReadOnlySpan<float> x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i += RunLength)
        {
            sum += TensorPrimitives.Sum(x.Slice(i, Math.Min(RunLength, x.Length - i)));
        }

        return sum;
    }

    /// <summary>Σ x, one after the other: of numbers whose place in memory may differ from run to run.</summary>
    internal static double SumInOrder(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (double part in x)
        {
            sum += part;
        }

        return sum;
    }

    /// <summary>y[c] = Σᵣ x[r, c]: the gradient of a bias.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="y">[columns]; overwritten.</param>
    public static void SumRows(WorkerPool pool, ReadOnlySpan<float> x, int rows, int columns, Span<float> y)
    {
        if (x.Length != (long)rows * columns || y.Length != columns)
        {
            throw new ArgumentException($"{x.Length} elements are not {rows} × {columns}, or {y.Length} sums are not {columns}.", nameof(x));
        }

        fixed (float* px = x)
        {
            ColumnSums.Run(pool, new Plain(px, columns), 1, rows, columns, y);
        }
    }

    private readonly struct Plain(float* x, int columns) : IRowAccumulator
    {
        public void AddRows(int first, int last, int segment, Span<float> sums)
        {
            for (int row = first; row < last; row++)
            {
                TensorPrimitives.Add(sums, new ReadOnlySpan<float>(x + ((nint)row * columns), columns), sums);
            }
        }
    }
}
