namespace Detr.Kernels;

/// <summary>The sizes and layout of a product C[Rows, Columns] = Alpha · A[Rows, Depth] · B[Depth, Columns] + Beta · C.</summary>
/// <param name="Rows">Rows of A and C.</param>
/// <param name="Columns">Columns of B and C.</param>
/// <param name="Depth">Columns of A, rows of B.</param>
public readonly record struct MatrixShape(int Rows, int Columns, int Depth)
{
    /// <summary>Whether A is stored as [Depth, Rows].</summary>
    public bool TransposeA { get; init; }

    /// <summary>Whether B is stored as [Columns, Depth].</summary>
    public bool TransposeB { get; init; }

    /// <summary>Elements from one stored row of A to the next; 0 when rows are dense.</summary>
    public int StrideA { get; init; }

    /// <summary>Elements from one stored row of B to the next; 0 when rows are dense.</summary>
    public int StrideB { get; init; }

    /// <summary>Elements from one row of C (and of an epilogue's residual) to the next; 0 when rows are dense.</summary>
    public int StrideC { get; init; }

    /// <summary>The product's factor; 1 unless set.</summary>
    public float Alpha { get; init; } = 1f;

    /// <summary>The factor of what C holds already; 0 (C is only written) unless set.</summary>
    public float Beta { get; init; }

    internal int ActualStrideA => StrideA != 0 ? StrideA : TransposeA ? Rows : Depth;

    internal int ActualStrideB => StrideB != 0 ? StrideB : TransposeB ? Depth : Columns;

    internal int ActualStrideC => StrideC != 0 ? StrideC : Columns;

    internal static void Check(int length, int lines, int width, int stride, string name)
    {
        if (stride < width)
        {
            throw new ArgumentException($"Rows of {width} elements cannot stand {stride} apart.", name);
        }

        if (lines > 0 && length < (((long)lines - 1) * stride) + width)
        {
            throw new ArgumentException($"{lines} rows of {width} elements, {stride} apart, do not fit in {length}.", name);
        }
    }

    internal void CheckA(int length) => Check(length, TransposeA ? Depth : Rows, TransposeA ? Rows : Depth, ActualStrideA, "a");

    internal void CheckB(int length) => Check(length, TransposeB ? Columns : Depth, TransposeB ? Depth : Columns, ActualStrideB, "b");

    internal void CheckC(int length) => Check(length, Rows, Columns, ActualStrideC, "c");
}
