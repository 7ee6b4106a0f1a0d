namespace Detr.Tensors;

/// <summary>Which cells of a batch are padding: images of different sizes share one rectangle.</summary>
public sealed class PaddingMask
{
    /// <summary>Makes a mask.</summary>
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

        Batch = batch;
        Height = height;
        Width = width;
        Padded = padded;
        HasPadding = padded.AsSpan().Contains(true);
    }

    /// <summary>Images.</summary>
    public int Batch { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>[Batch, Height, Width], true where there is no image.</summary>
    public bool[] Padded { get; }

    /// <summary>Whether any cell is padded.</summary>
    public bool HasPadding { get; }

    /// <summary>A mask without padding.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static PaddingMask None(int batch, int height, int width) => new(batch, height, width, new bool[batch * height * width]);

    /// <summary>The mask at a feature map's size: each cell takes the nearest one at floor(i · source / target).</summary>
    /// <param name="height">The feature map's rows.</param>
    /// <param name="width">The feature map's columns.</param>
    public PaddingMask Resize(int height, int width)
    {
        if (height == Height && width == Width)
        {
            return this;
        }

        bool[] resized = new bool[Batch * height * width];
        for (int b = 0, i = 0; b < Batch; b++)
        {
            for (int y = 0; y < height; y++)
            {
                int row = ((b * Height) + (int)((long)y * Height / height)) * Width;
                for (int x = 0; x < width; x++, i++)
                {
                    resized[i] = Padded[row + (int)((long)x * Width / width)];
                }
            }
        }

        return new PaddingMask(Batch, height, width, resized);
    }
}
