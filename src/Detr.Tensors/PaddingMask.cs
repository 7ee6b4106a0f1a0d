namespace Detr.Tensors;

/// <summary>Which cells of a batch are padding: images of different sizes share one rectangle.</summary>
public sealed class PaddingMask
{
    private readonly (int Height, int Width)[]? _sizes;
    private bool[]? _padded;

    /// <summary>Makes a mask of any form.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="padded">[batch, height, width], true where there is no image; kept, not copied.</param>
    /// <exception cref="ArgumentException">The number of cells is not batch · height · width.</exception>
    public PaddingMask(int batch, int height, int width, bool[] padded)
    {
        if (padded.Length != (long)batch * height * width)
        {
            throw new ArgumentException($"A mask of [{batch}, {height}, {width}] does not have {padded.Length} cells.", nameof(padded));
        }

        (Batch, Height, Width, _padded) = (batch, height, width, padded);
        HasPadding = padded.AsSpan().Contains(true);
    }

    /// <summary>Makes the mask of images that begin in their rectangle's upper left corner; it takes no memory for cells until they are asked for.</summary>
    /// <param name="height">Rows of the rectangle.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="sizes">Each image's rows and columns.</param>
    /// <exception cref="ArgumentException">An image is larger than the rectangle.</exception>
    public PaddingMask(int height, int width, (int Height, int Width)[] sizes)
    {
        foreach ((int imageHeight, int imageWidth) in sizes)
        {
            if (imageHeight > height || imageWidth > width)
            {
                throw new ArgumentException($"An image of {imageHeight} × {imageWidth} does not fit in {height} × {width}.", nameof(sizes));
            }

            HasPadding |= imageHeight < height || imageWidth < width;
        }

        (Batch, Height, Width, _sizes) = (sizes.Length, height, width, sizes);
    }

    /// <summary>Images.</summary>
    public int Batch { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>[Batch, Height, Width], true where there is no image.</summary>
    public bool[] Padded => _padded ??= Cells(Height, Width);

    /// <summary>Whether any cell is padded.</summary>
    public bool HasPadding { get; }

    /// <summary>A mask without padding.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static PaddingMask None(int batch, int height, int width)
    {
        (int, int)[] sizes = new (int, int)[batch];
        sizes.AsSpan().Fill((height, width));
        return new PaddingMask(height, width, sizes);
    }

    /// <summary>The mask at a feature map's size: each cell takes the nearest one at floor(i · source / target).</summary>
    /// <param name="height">The feature map's rows.</param>
    /// <param name="width">The feature map's columns.</param>
    public PaddingMask Resize(int height, int width)
        => height == Height && width == Width ? this : new PaddingMask(Batch, height, width, Cells(height, width));

    /// <summary>The rows and columns up to an image's last cell that is not padding.</summary>
    /// <param name="image">The image's number.</param>
    public (int Height, int Width) SizeOf(int image)
    {
        if (_sizes is not null)
        {
            return _sizes[image];
        }

        (int rows, int columns) = (0, 0);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                if (!IsPadded(image, y, x))
                {
                    (rows, columns) = (y + 1, Math.Max(columns, x + 1));
                }
            }
        }

        return (rows, columns);
    }

    private bool[] Cells(int height, int width)
    {
        bool[] cells = new bool[Batch * height * width];
        for (int image = 0, i = 0; image < Batch; image++)
        {
            for (int y = 0; y < height; y++)
            {
                int row = (int)((long)y * Height / height);
                for (int x = 0; x < width; x++, i++)
                {
                    cells[i] = IsPadded(image, row, (int)((long)x * Width / width));
                }
            }
        }

        return cells;
    }

    private bool IsPadded(int image, int y, int x)
        => _sizes is not null ? y >= _sizes[image].Height || x >= _sizes[image].Width : _padded![(((image * Height) + y) * Width) + x];
}
