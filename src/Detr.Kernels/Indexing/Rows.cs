using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>Takes rows by number, and sends gradients back to them; copies blocks.</summary>
public static class Rows
{
    /// <summary>Row i of y is row indices[i] of x.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="columns">Columns.</param>
    /// <param name="indices">Row numbers of x.</param>
    /// <param name="y">[indices, columns].</param>
    public static void Gather(ReadOnlySpan<float> x, int columns, ReadOnlySpan<int> indices, Span<float> y)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            x.Slice(indices[i] * columns, columns).CopyTo(y.Slice(i * columns, columns));
        }
    }

    /// <summary>Row i of dy is added to row indices[i] of dx, in order.</summary>
    /// <param name="dy">[indices, columns].</param>
    /// <param name="columns">Columns.</param>
    /// <param name="indices">Row numbers of dx.</param>
    /// <param name="dx">[rows, columns]; added to.</param>
    public static void ScatterAdd(ReadOnlySpan<float> dy, int columns, ReadOnlySpan<int> indices, Span<float> dx)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            Span<float> row = dx.Slice(indices[i] * columns, columns);
            TensorPrimitives.Add(row, dy.Slice(i * columns, columns), row);
        }
    }

    /// <summary>Copies count elements from each block of x to the same block of y.</summary>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="count">Elements of each.</param>
    /// <param name="x">The source; a block begins every <paramref name="stepX"/> elements.</param>
    /// <param name="stepX">Elements from one block of x to the next.</param>
    /// <param name="y">The target; a block begins every <paramref name="stepY"/> elements.</param>
    /// <param name="stepY">Elements from one block of y to the next.</param>
    public static void CopyBlocks(int blocks, int count, ReadOnlySpan<float> x, int stepX, Span<float> y, int stepY)
    {
        for (int i = 0; i < blocks; i++)
        {
            x.Slice(i * stepX, count).CopyTo(y.Slice(i * stepY, count));
        }
    }
}
