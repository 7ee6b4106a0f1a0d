using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>The parts of a softmax down the columns of a panel, as wide as a microkernel's tile: a column is a lane of the vectors.</summary>
internal static unsafe class ColumnSoftmax
{
    private const int Wide = 2 * 16;
    private const int Narrow = 8;

    // Sums of sums: what rounding takes grows with the square root of the rows instead of with the rows.
    private const int RowsAtOnce = 16;

    /// <summary>Raises each column's largest number so far to that of some rows; one that is not a number may be passed over.</summary>
    /// <param name="panel">[rows, columns], on a 64-byte boundary.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns of the microkernel.</param>
    /// <param name="largest">[columns]; changed.</param>
    internal static void Largest(float* panel, int rows, int columns, float* largest)
    {
        int c = 0;
        for (; Avx512F.IsSupported && c + Wide <= columns; c += Wide)
        {
            Vector512<float> first = Avx512F.LoadVector512(largest + c), second = Avx512F.LoadVector512(largest + c + 16);
            float* x = panel + c;
            for (int row = 0; row < rows; row++, x += columns)
            {
                first = Avx512F.Max(first, Avx512F.LoadVector512(x));
                second = Avx512F.Max(second, Avx512F.LoadVector512(x + 16));
            }

            first.Store(largest + c);
            second.Store(largest + c + 16);
        }

        for (; c < columns; c += Narrow)
        {
            Vector256<float> most = Vector256.Load(largest + c);
            float* x = panel + c;
            for (int row = 0; row < rows; row++, x += columns)
            {
                most = Vector256.MaxNative(most, Vector256.Load(x));
            }

            most.Store(largest + c);
        }
    }

    /// <summary>x becomes exp(x − largest), column by column, and each column's sum is taken.</summary>
    /// <param name="panel">[rows, columns]; changed.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns of the microkernel.</param>
    /// <param name="largest">[columns], each column's largest number; a column of −∞ becomes 0.</param>
    /// <param name="sums">[columns]; overwritten.</param>
    internal static void Exponentials(float* panel, int rows, int columns, float* largest, float* sums)
    {
        for (int column = 0; column < columns; column++)
        {
            largest[column] = float.IsNegativeInfinity(largest[column]) ? 0f : largest[column];
        }

        new Span<float>(sums, columns).Clear();
        for (int row = 0; row < rows; row += RowsAtOnce)
        {
            ExponentialsOfSome(panel + ((nint)row * columns), Math.Min(RowsAtOnce, rows - row), columns, largest, sums);
        }
    }

    private static void ExponentialsOfSome(float* panel, int rows, int columns, float* largest, float* sums)
    {
        int c = 0;
        for (; Avx512F.IsSupported && c + Wide <= columns; c += Wide)
        {
            Vector512<float> firstShift = Avx512F.LoadVector512(largest + c), secondShift = Avx512F.LoadVector512(largest + c + 16);
            Vector512<float> firstSum = Vector512<float>.Zero, secondSum = Vector512<float>.Zero;
            float* x = panel + c;
            for (int row = 0; row < rows; row++, x += columns)
            {
                Vector512<float> first = ShiftedExponential.Of(Avx512F.Subtract(Avx512F.LoadVector512(x), firstShift));
                Vector512<float> second = ShiftedExponential.Of(Avx512F.Subtract(Avx512F.LoadVector512(x + 16), secondShift));
                first.Store(x);
                second.Store(x + 16);
                firstSum = Avx512F.Add(firstSum, first);
                secondSum = Avx512F.Add(secondSum, second);
            }

            Avx512F.Add(Avx512F.LoadVector512(sums + c), firstSum).Store(sums + c);
            Avx512F.Add(Avx512F.LoadVector512(sums + c + 16), secondSum).Store(sums + c + 16);
        }

        for (; c < columns; c += Narrow)
        {
            Vector256<float> shift = Vector256.Load(largest + c), sum = Vector256<float>.Zero;
            float* x = panel + c;
            for (int row = 0; row < rows; row++, x += columns)
            {
                Vector256<float> value = ShiftedExponential.Of(Vector256.Load(x) - shift);
                value.Store(x);
                sum += value;
            }

            (Vector256.Load(sums + c) + sum).Store(sums + c);
        }
    }
}
