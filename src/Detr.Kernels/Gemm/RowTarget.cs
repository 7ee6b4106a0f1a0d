namespace Detr.Kernels;

/// <summary>
/// Where a product's rows are stored: at a fixed stride, or at every so many-th pixel of an image (the cells that one
/// phase of a strided convolution's backward pass fills).
/// </summary>
/// <param name="elements">The result's first element.</param>
/// <param name="stride">Elements from one stored row to the next.</param>
internal readonly unsafe struct RowTarget(float* elements, nint stride)
{
    /// <summary>Rows of the grid, or 0 when rows simply follow each other.</summary>
    internal int GridHeight { get; init; }

    /// <summary>Columns of the grid.</summary>
    internal int GridWidth { get; init; }

    /// <summary>Rows of the whole image.</summary>
    internal int ImageHeight { get; init; }

    /// <summary>Columns of the whole image.</summary>
    internal int ImageWidth { get; init; }

    /// <summary>Pixels from one grid cell to the next, in both directions.</summary>
    internal int Step { get; init; }

    /// <summary>The image row of the first grid row.</summary>
    internal int StartY { get; init; }

    /// <summary>The image column of the first grid column.</summary>
    internal int StartX { get; init; }

    internal nint Offset(int row)
    {
        if (GridHeight == 0)
        {
            return row * stride;
        }

        (int line, int x) = Math.DivRem(row, GridWidth);
        (int image, int y) = Math.DivRem(line, GridHeight);
        return ((((nint)image * ImageHeight) + (y * Step) + StartY) * ImageWidth + (x * Step) + StartX) * stride;
    }

    internal float* Elements => elements;
}
