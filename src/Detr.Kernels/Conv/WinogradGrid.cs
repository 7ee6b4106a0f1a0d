namespace Detr.Kernels;

/// <summary>The 4 × 4 tiles that cover an image's outputs, image after image, and the 6 × 6 patches they are made from.</summary>
internal readonly unsafe struct WinogradGrid
{
    private readonly int _images;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _padding;

    /// <summary>Lays tiles over the outputs of a 3 × 3 convolution of stride 1.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="height">Input rows.</param>
    /// <param name="width">Input columns.</param>
    /// <param name="padding">Zeros around the input.</param>
    internal WinogradGrid(int batch, int height, int width, int padding)
    {
        (_images, Height, Width, _padding) = (batch, height, width, padding);
        (OutputHeight, OutputWidth) = (height + (2 * padding) - 2, width + (2 * padding) - 2);
        _rows = (OutputHeight + WinogradTransform.Tile - 1) / WinogradTransform.Tile;
        _columns = (OutputWidth + WinogradTransform.Tile - 1) / WinogradTransform.Tile;
        Count = checked(batch * _rows * _columns);
    }

    /// <summary>How many tiles there are.</summary>
    internal int Count { get; }

    /// <summary>Output cells of all images.</summary>
    internal long Outputs => (long)_images * OutputHeight * OutputWidth;

    internal int Height { get; }

    internal int Width { get; }

    internal int OutputHeight { get; }

    internal int OutputWidth { get; }

    /// <summary>Where a tile's first output stands.</summary>
    internal (int Image, int Y, int X) Locate(int tile)
    {
        (int line, int column) = Math.DivRem(tile, _columns);
        (int image, int row) = Math.DivRem(line, _rows);
        return (image, row * WinogradTransform.Tile, column * WinogradTransform.Tile);
    }

    /// <summary>Bᵀ d B of a tile's patch, for some channels.</summary>
    /// <param name="x">[images, Height, Width, channels], from the first of some channels on.</param>
    /// <param name="channels">All channels of x.</param>
    /// <param name="count">How many to transform; a multiple of <see cref="WinogradTransform.Lanes"/>.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="planes">Takes the channels at 36 places.</param>
    /// <param name="planeStep">Elements from one place to the next.</param>
    internal void TransformInput(float* x, int channels, int count, int tile, float* planes, nint planeStep)
    {
        (int image, int y, int left) = Locate(tile);
        int top = y - _padding;
        left -= _padding;
        float* patch = x + ((((((nint)image * Height) + top) * Width) + left) * channels);
        nint rowStep = (nint)Width * channels;
        if (top >= 0 && left >= 0 && top + WinogradTransform.Patch <= Height && left + WinogradTransform.Patch <= Width)
        {
            for (int c = 0; c < count; c += WinogradTransform.Lanes)
            {
                WinogradTransform.Input(patch + c, rowStep, channels, planes + c, planeStep);
            }

            return;
        }

        float* framed = stackalloc float[WinogradTransform.Cells * WinogradTransform.Lanes];
        new Span<float>(framed, WinogradTransform.Cells * WinogradTransform.Lanes).Clear();
        WinogradWindow inside = new(top, left, Height, Width, WinogradTransform.Patch);
        for (int c = 0; c < count; c += WinogradTransform.Lanes)
        {
            inside.CopyIn(patch + c, rowStep, channels, framed);
            WinogradTransform.Input(framed, WinogradTransform.Patch * WinogradTransform.Lanes, WinogradTransform.Lanes, planes + c, planeStep);
        }
    }

    /// <summary>A dy Aᵀ of eight channels of a tile's outputs, zero where the tile reaches over the edge.</summary>
    /// <param name="dy">[images, OutputHeight, OutputWidth, channels], from the first of the eight channels on.</param>
    /// <param name="channels">All channels of dy.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="planes">Takes the channels at 36 places.</param>
    /// <param name="planeStep">Elements from one place to the next.</param>
    internal void TransformOutputGradient(float* dy, int channels, int tile, float* planes, nint planeStep)
    {
        const int length = WinogradTransform.Tile * WinogradTransform.Tile * WinogradTransform.Lanes;
        (int image, int y, int x) = Locate(tile);
        WinogradWindow inside = new(y, x, OutputHeight, OutputWidth, WinogradTransform.Tile);
        float* square = stackalloc float[length];
        if (!inside.IsWhole)
        {
            new Span<float>(square, length).Clear();
        }

        inside.CopyIn(dy + ((((((nint)image * OutputHeight) + y) * OutputWidth) + x) * channels), (nint)OutputWidth * channels, channels, square);
        WinogradTransform.OutputGradient(square, planes, planeStep);
    }
}
