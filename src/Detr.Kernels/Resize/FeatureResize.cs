namespace Detr.Kernels;

/// <summary>Feature maps at another size, channels last.</summary>
public static class FeatureResize
{
    /// <summary>Nearest: y[i, j] = x[⌊i · h / H⌋, ⌊j · w / W⌋].</summary>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="from">Rows and columns of x.</param>
    /// <param name="y">[batch, new height, new width, channels].</param>
    /// <param name="to">Rows and columns of y.</param>
    /// <param name="channels">Channels.</param>
    public static void Nearest(ReadOnlySpan<float> x, int batch, (int Height, int Width) from, Span<float> y, (int Height, int Width) to, int channels)
    {
        for (int b = 0; b < batch; b++)
        {
            for (int i = 0; i < to.Height; i++)
            {
                for (int j = 0; j < to.Width; j++)
                {
                    int source = NearestCell(b, i, j, from, to) * channels;
                    x.Slice(source, channels).CopyTo(y[(((((b * to.Height) + i) * to.Width) + j) * channels)..]);
                }
            }
        }
    }

    /// <summary>The gradient of <see cref="Nearest"/>.</summary>
    /// <param name="dy">[batch, new height, new width, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="from">Rows and columns of x.</param>
    /// <param name="dx">[batch, height, width, channels]; overwritten.</param>
    /// <param name="to">Rows and columns of y.</param>
    /// <param name="channels">Channels.</param>
    public static void NearestBackward(ReadOnlySpan<float> dy, int batch, (int Height, int Width) from, Span<float> dx, (int Height, int Width) to, int channels)
    {
        dx.Clear();
        for (int b = 0; b < batch; b++)
        {
            for (int i = 0; i < to.Height; i++)
            {
                for (int j = 0; j < to.Width; j++)
                {
                    Add(dy.Slice(((((b * to.Height) + i) * to.Width) + j) * channels, channels), 1f, dx[(NearestCell(b, i, j, from, to) * channels)..]);
                }
            }
        }
    }

    /// <summary>Bilinear, cell centres at half integers, edges repeated (align_corners off, no antialiasing).</summary>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="from">Rows and columns of x.</param>
    /// <param name="y">[batch, new height, new width, channels].</param>
    /// <param name="to">Rows and columns of y.</param>
    /// <param name="channels">Channels.</param>
    public static void Bilinear(ReadOnlySpan<float> x, int batch, (int Height, int Width) from, Span<float> y, (int Height, int Width) to, int channels)
    {
        y.Clear();
        Span<(int Cell, float Weight)> corners = stackalloc (int, float)[4];
        for (int b = 0; b < batch; b++)
        {
            for (int i = 0; i < to.Height; i++)
            {
                for (int j = 0; j < to.Width; j++)
                {
                    Corners(b, i, j, from, to, corners);
                    Span<float> target = y[(((((b * to.Height) + i) * to.Width) + j) * channels)..];
                    foreach ((int cell, float weight) in corners)
                    {
                        Add(x.Slice(cell * channels, channels), weight, target);
                    }
                }
            }
        }
    }

    /// <summary>The gradient of <see cref="Bilinear"/>.</summary>
    /// <param name="dy">[batch, new height, new width, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="from">Rows and columns of x.</param>
    /// <param name="dx">[batch, height, width, channels]; overwritten.</param>
    /// <param name="to">Rows and columns of y.</param>
    /// <param name="channels">Channels.</param>
    public static void BilinearBackward(ReadOnlySpan<float> dy, int batch, (int Height, int Width) from, Span<float> dx, (int Height, int Width) to, int channels)
    {
        dx.Clear();
        Span<(int Cell, float Weight)> corners = stackalloc (int, float)[4];
        for (int b = 0; b < batch; b++)
        {
            for (int i = 0; i < to.Height; i++)
            {
                for (int j = 0; j < to.Width; j++)
                {
                    Corners(b, i, j, from, to, corners);
                    ReadOnlySpan<float> source = dy.Slice(((((b * to.Height) + i) * to.Width) + j) * channels, channels);
                    foreach ((int cell, float weight) in corners)
                    {
                        Add(source, weight, dx[(cell * channels)..]);
                    }
                }
            }
        }
    }

    private static int NearestCell(int image, int i, int j, (int Height, int Width) from, (int Height, int Width) to)
    {
        int row = (int)((long)i * from.Height / to.Height), column = (int)((long)j * from.Width / to.Width);
        return (((image * from.Height) + row) * from.Width) + column;
    }

    private static void Corners(int image, int i, int j, (int Height, int Width) from, (int Height, int Width) to, Span<(int Cell, float Weight)> corners)
    {
        (int y0, int y1, float fy) = Line(i, from.Height, to.Height);
        (int x0, int x1, float fx) = Line(j, from.Width, to.Width);
        int rows = image * from.Height;
        corners[0] = (((rows + y0) * from.Width) + x0, (1f - fy) * (1f - fx));
        corners[1] = (((rows + y0) * from.Width) + x1, (1f - fy) * fx);
        corners[2] = (((rows + y1) * from.Width) + x0, fy * (1f - fx));
        corners[3] = (((rows + y1) * from.Width) + x1, fy * fx);
    }

    private static (int First, int Second, float Fraction) Line(int i, int from, int to)
    {
        float place = Math.Max(((i + 0.5f) * ((float)from / to)) - 0.5f, 0f);
        int first = Math.Min((int)place, from - 1);
        return (first, Math.Min(first + 1, from - 1), place - first);
    }

    private static void Add(ReadOnlySpan<float> x, float weight, Span<float> y)
        => System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(x, weight, y[..x.Length], y[..x.Length]);
}
