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
}
