using Detr.Imaging;

namespace Detr.Figures;

/// <summary>A part of a photograph that a panel shows, and where things of the whole lie on it.</summary>
/// <param name="Image">The whole photograph.</param>
/// <param name="Left">The part's first column.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Width">Its columns, at least 1.</param>
/// <param name="Height">Its rows, at least 1.</param>
internal sealed record PictureRegion(RgbImage Image, int Left, int Top, int Width, int Height)
{
    // Of the box's sides: there is half as much around it.
    private const double Reach = 2;

    // Of the photograph's sides: a speck is shown with what is around it.
    private const double LeastShare = 1.0 / 8;

    /// <summary>The whole photograph.</summary>
    internal PictureRegion(RgbImage image)
        : this(image, 0, 0, image.Width, image.Height)
    {
    }

    /// <summary>A part around an object, of the photograph's own shape.</summary>
    internal static PictureRegion Around(RgbImage image, Detection detection)
    {
        double across = Reach * (detection.X1 - detection.X0) / image.Width, down = Reach * (detection.Y1 - detection.Y0) / image.Height;
        double share = Math.Clamp(Math.Max(across, down), LeastShare, 1);
        (int left, int width) = Range((detection.X0 + detection.X1) / 2.0, share, image.Width);
        (int top, int height) = Range((detection.Y0 + detection.Y1) / 2.0, share, image.Height);
        return new PictureRegion(image, left, top, width, height);
    }

    /// <summary>The part, as large as a figure shows it.</summary>
    /// <param name="side">Pixels along the longer side.</param>
    internal FigurePicture Picture(int side) => new(ImageTransforms.Crop(Image, Left, Top, Width, Height), side);

    /// <summary>A point of the photograph, 0 to 1 across it, in pixels of the part.</summary>
    internal (double X, double Y) Pixel(double x, double y) => ((x * Image.Width) - Left, (y * Image.Height) - Top);

    /// <summary>A detection of the photograph, in pixels of the part.</summary>
    internal Detection Shift(Detection detection)
        => detection with { X0 = detection.X0 - Left, Y0 = detection.Y0 - Top, X1 = detection.X1 - Left, Y1 = detection.Y1 - Top };

    /// <summary>A share of a line around its middle, moved to where there are pixels; at least one of them.</summary>
    private static (int First, int Count) Range(double middle, double share, int pixels)
    {
        int count = Math.Max(1, (int)Math.Round(share * pixels));
        return (Math.Clamp((int)Math.Round(middle - (count / 2.0)), 0, pixels - count), count);
    }
}
