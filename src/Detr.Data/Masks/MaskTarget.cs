using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>
/// An object's mask on a training picture that was flipped, cut and resized: the mask as it was annotated, and which part of it the
/// picture shows. Nothing is computed by pixel until <see cref="Draw"/>, so that however many changes follow one another, the mask is
/// sampled once.
/// </summary>
/// <param name="Source">The mask as it was annotated.</param>
public sealed record MaskTarget(RunLengthMask Source)
{
    // Where the picture's edges lie in the source, in pixels; turned around where the picture is.
    private double Left { get; init; }

    private double Top { get; init; }

    private double Right { get; init; } = Source.Width;

    private double Bottom { get; init; } = Source.Height;

    // What of the source is to be seen; in a mosaic, less than what lies between those edges.
    private ResultBox Visible { get; init; } = new(0, 0, Source.Width, Source.Height);

    /// <summary>The mask of a picture that was flipped left to right.</summary>
    public MaskTarget FlipHorizontal() => this with { Left = Right, Right = Left };

    /// <summary>The mask of a rectangle that was cut out of the picture.</summary>
    /// <param name="imageWidth">Pixels in a row of the picture before.</param>
    /// <param name="imageHeight">Its rows.</param>
    /// <param name="x">The rectangle's first column.</param>
    /// <param name="y">Its first row.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    public MaskTarget Crop(int imageWidth, int imageHeight, int x, int y, int width, int height)
    {
        double stepX = (Right - Left) / imageWidth, stepY = (Bottom - Top) / imageHeight;
        MaskTarget part = this with { Left = Left + (x * stepX), Right = Left + ((x + width) * stepX), Top = Top + (y * stepY), Bottom = Top + ((y + height) * stepY) };
        return part with { Visible = part.Shown() };
    }

    /// <summary>The mask of a larger picture that this one became a part of.</summary>
    /// <param name="imageWidth">Pixels in a row of the larger picture.</param>
    /// <param name="imageHeight">Its rows.</param>
    /// <param name="x">The part's first column.</param>
    /// <param name="y">Its first row.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    public MaskTarget Place(int imageWidth, int imageHeight, int x, int y, int width, int height)
    {
        double stepX = (Right - Left) / width, stepY = (Bottom - Top) / height;
        return this with
        {
            Visible = Shown(),
            Left = Left - (x * stepX), Right = Left + ((imageWidth - x) * stepX), Top = Top - (y * stepY), Bottom = Top + ((imageHeight - y) * stepY),
        };
    }

    /// <summary>Sets the pixels inside to 1 and leaves the others: each takes what lies under its middle.</summary>
    /// <param name="pixels">Rows of at least so many pixels.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="height">The picture's rows.</param>
    /// <param name="width">Its columns.</param>
    /// <exception cref="ArgumentException">The picture does not fit in the pixels.</exception>
    public void Draw(Span<float> pixels, int stride, int height, int width)
    {
        if (width > stride || pixels.Length < ((long)(height - 1) * stride) + width)
        {
            throw new ArgumentException($"A picture of {height} × {width} does not fit in {pixels.Length} pixels in rows of {stride}.", nameof(pixels));
        }

        ResultBox bounds = Source.Bounds();
        int[] columns = Places(width, Left, Right, Math.Max(Visible.X, bounds.X), Math.Min(Visible.X + Visible.Width, bounds.X + bounds.Width));
        int[] rows = Places(height, Top, Bottom, Math.Max(Visible.Y, bounds.Y), Math.Min(Visible.Y + Visible.Height, bounds.Y + bounds.Height));
        int first = Array.FindIndex(columns, column => column >= 0), last = Array.FindLastIndex(columns, column => column >= 0);
        if (first < 0 || Array.TrueForAll(rows, row => row < 0))
        {
            return;
        }

        bool[] inside = Source.ToPixels();
        for (int y = 0; y < height; y++)
        {
            if (rows[y] < 0)
            {
                continue;
            }

            ReadOnlySpan<bool> source = inside.AsSpan(rows[y] * Source.Width, Source.Width);
            Span<float> row = pixels.Slice(y * stride, width);
            for (int x = first; x <= last; x++)
            {
                if (columns[x] >= 0 && source[columns[x]])
                {
                    row[x] = 1f;
                }
            }
        }
    }

    /// <summary>What of the visible part lies between the picture's edges.</summary>
    private ResultBox Shown()
    {
        (double x, double width) = Common(Visible.X, Visible.Width, Left, Right);
        (double y, double height) = Common(Visible.Y, Visible.Height, Top, Bottom);
        return new ResultBox(x, y, width, height);

        static (double Start, double Length) Common(double start, double length, double one, double other)
        {
            double low = Math.Max(start, Math.Min(one, other)), high = Math.Min(start + length, Math.Max(one, other));
            return (low, Math.Max(0, high - low));
        }
    }

    /// <summary>The source's pixel under the middle of each of a row's or column's pixels; -1 where there is none to be seen.</summary>
    private static int[] Places(int count, double from, double to, double low, double high)
    {
        int[] places = new int[count];
        for (int i = 0; i < count; i++)
        {
            double place = from + ((i + 0.5) / count * (to - from));
            places[i] = place >= low && place < high ? (int)place : -1;
        }

        return places;
    }
}
