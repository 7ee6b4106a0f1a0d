namespace Detr.Kernels;

/// <summary>A constant right operand B[Depth, Columns], packed once into the panels that the microkernel reads.</summary>
public sealed unsafe class PackedMatrix
{
    private readonly ScratchMemory.Block _block;

    internal PackedMatrix(int depth, int columns)
    {
        Depth = depth;
        Columns = columns;
        _block = new ScratchMemory.Block(Math.Max(1, PackedColumns.Length(depth, columns, Microkernel.Best.Columns)));
    }

    /// <summary>Rows of B.</summary>
    public int Depth { get; }

    /// <summary>Columns of B.</summary>
    public int Columns { get; }

    /// <summary>The memory that the panels take.</summary>
    public long Bytes => (long)_block.Length * sizeof(float);

    internal PackedColumns Panels => new(_block.Pointer, Depth);

    /// <summary>Packs a matrix.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="depth">Rows of B.</param>
    /// <param name="columns">Columns of B.</param>
    /// <param name="b">The elements.</param>
    /// <param name="transposed">Whether they are stored as [columns, depth].</param>
    /// <param name="stride">Elements from one stored row to the next; 0 when rows are dense.</param>
    /// <exception cref="ArgumentException">There are too few elements.</exception>
    public static PackedMatrix Pack(WorkerPool pool, int depth, int columns, ReadOnlySpan<float> b, bool transposed, int stride = 0)
    {
        PackedMatrix packed = new(depth, columns);
        packed.Repack(pool, b, transposed, stride);
        return packed;
    }

    /// <summary>Packs other elements of the same sizes in place.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="b">The elements.</param>
    /// <param name="transposed">Whether they are stored as [columns, depth].</param>
    /// <param name="stride">Elements from one stored row to the next; 0 when rows are dense.</param>
    /// <exception cref="ArgumentException">There are too few elements.</exception>
    public void Repack(WorkerPool pool, ReadOnlySpan<float> b, bool transposed, int stride = 0)
    {
        int lines = transposed ? Columns : Depth;
        int width = transposed ? Depth : Columns;
        stride = stride == 0 ? width : stride;
        MatrixShape.Check(b.Length, lines, width, stride, nameof(b));
        fixed (float* elements = b)
        {
            Repack(pool, new MatrixOperand(elements, stride, transposed));
        }
    }

    internal void Repack<TB>(WorkerPool pool, TB b)
        where TB : struct, IColumnSource
        => BlockedProduct.PackAll(pool, b, Depth, Columns, _block.Pointer);
}
