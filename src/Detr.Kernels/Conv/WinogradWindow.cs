using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>The part of a square that lies on an image, where the square reaches over the edge.</summary>
internal readonly unsafe struct WinogradWindow
{
    private readonly int _side;
    private readonly int _top;
    private readonly int _bottom;
    private readonly int _left;
    private readonly int _right;

    /// <summary>Cuts a square to an image.</summary>
    /// <param name="top">The square's first row.</param>
    /// <param name="left">The square's first column.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="side">Rows and columns of the square.</param>
    internal WinogradWindow(int top, int left, int height, int width, int side)
    {
        _side = side;
        (_top, _bottom) = (Math.Max(0, -top), Math.Min(side, height - top));
        (_left, _right) = (Math.Max(0, -left), Math.Min(side, width - left));
    }

    /// <summary>Whether the whole square lies on the image.</summary>
    internal bool IsWhole => _top == 0 && _left == 0 && _bottom == _side && _right == _side;

    /// <summary>Copies eight channels of the part that lies on the image to a dense square, and leaves the rest of it as it is.</summary>
    /// <param name="corner">Where the square's first pixel would stand in the image.</param>
    /// <param name="rowStep">Elements from one row of the image to the next.</param>
    /// <param name="pixelStep">Elements from one pixel to the next.</param>
    /// <param name="square">[side, side, 8].</param>
    internal void CopyIn(float* corner, nint rowStep, nint pixelStep, float* square)
    {
        for (int i = _top; i < _bottom; i++)
        {
            for (int j = _left; j < _right; j++)
            {
                Vector256.Load(corner + (i * rowStep) + (j * pixelStep)).Store(square + (((i * _side) + j) * WinogradTransform.Lanes));
            }
        }
    }

    /// <summary>Copies eight channels of a dense square to the image, with what follows a product done on the way.</summary>
    /// <param name="square">[side, side, 8].</param>
    /// <param name="image">The image.</param>
    /// <param name="corner">Elements from there to the square's first pixel.</param>
    /// <param name="rowStep">Elements from one row of the image to the next.</param>
    /// <param name="pixelStep">Elements from one pixel to the next.</param>
    /// <param name="store">What follows the product.</param>
    /// <param name="column">The first of the eight channels.</param>
    internal void CopyOut(float* square, float* image, nint corner, nint rowStep, nint pixelStep, in TileStore store, int column)
    {
        for (int i = _top; i < _bottom; i++)
        {
            for (int j = _left; j < _right; j++)
            {
                nint offset = corner + (i * rowStep) + (j * pixelStep);
                Vector256<float> x = Vector256.Load(square + (((i * _side) + j) * WinogradTransform.Lanes));
                store.Finish(x, store.Residual == null ? null : store.Residual + offset, column).Store(image + offset);
            }
        }
    }
}
