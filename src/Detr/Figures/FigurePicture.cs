using Detr.Data;
using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>A photograph as part of a figure: brought to a size, under a map, with boxes and points where they are on the original.</summary>
internal sealed class FigurePicture
{
    private const float MapOpacity = 0.7f;
    private const float RimOpacity = 0.6f;
    private readonly Canvas _canvas;
    private readonly float _scaleX;
    private readonly float _scaleY;

    /// <summary>Brings a photograph to a size.</summary>
    /// <param name="image">The photograph; left as it is.</param>
    /// <param name="side">Pixels along the longer side.</param>
    internal FigurePicture(RgbImage image, int side)
    {
        double scale = (double)side / Math.Max(image.Width, image.Height);
        Image = ImageResizer.Resize(image, Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale)));
        _canvas = new Canvas(Image);
        (_scaleX, _scaleY) = ((float)Image.Width / image.Width, (float)Image.Height / image.Height);
    }

    private FigurePicture(FigurePicture other)
    {
        Image = ImageTransforms.Crop(other.Image, 0, 0, other.Image.Width, other.Image.Height);
        _canvas = new Canvas(Image);
        (_scaleX, _scaleY) = (other._scaleX, other._scaleY);
    }

    /// <summary>The picture.</summary>
    internal RgbImage Image { get; }

    /// <summary>Another picture that begins as this one is: a photograph is resized once, however many maps lie over it.</summary>
    internal FigurePicture Copy() => new(this);

    /// <summary>Lays a map over it; low numbers darken the photograph.</summary>
    internal FigurePicture Under(ReadOnlySpan<float> map, MapPlacement placement, MapScale scale)
    {
        float[] enlarged = placement.Enlarge(map, Image.Width, Image.Height);
        for (int i = 0; i < enlarged.Length; i++)
        {
            enlarged[i] = scale.Share(enlarged[i]);
        }

        _canvas.Overlay(enlarged, Image.Width, Image.Height, 0, 0, Image.Width, Image.Height, scale.Colors, MapOpacity);
        return this;
    }

    /// <summary>Draws a detection's box on a dark rim, which stands out on any ground.</summary>
    internal FigurePicture Box(Detection detection, Rgb color, float opacity = 1) => Box(detection.X0, detection.Y0, detection.X1, detection.Y1, color, 2, opacity);

    /// <summary>Draws the box of some pixels of the original the same way.</summary>
    internal FigurePicture Box(double left, double top, double right, double bottom, Rgb color, float thickness, float opacity = 1)
    {
        (float x0, float y0, float x1, float y1) = ((float)left * _scaleX, (float)top * _scaleY, (float)right * _scaleX, (float)bottom * _scaleY);
        _canvas.DrawRectangle(x0, y0, x1, y1, Rgb.Black, thickness + 2, RimOpacity * opacity);
        _canvas.DrawRectangle(x0, y0, x1, y1, color, thickness, opacity);
        return this;
    }

    /// <summary>Writes at a detection's upper left corner.</summary>
    internal FigurePicture Label(Detection detection, string text, Rgb color)
    {
        const float Size = 11;
        _canvas.DrawLabel(detection.X0 * _scaleX, detection.Y0 * _scaleY, text, Size, color);
        return this;
    }

    /// <summary>Draws the edge of a mask of the original.</summary>
    internal FigurePicture Outline(RunLengthMask mask, Rgb color)
    {
        const float Thickness = 2;
        bool[] inside = mask.ToPixels();
        for (int i = 0; i < inside.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, mask.Width);
            (float left, float top, float right, float bottom) = (x * _scaleX, y * _scaleY, (x + 1) * _scaleX, (y + 1) * _scaleY);
            if (x + 1 < mask.Width && inside[i] != inside[i + 1])
            {
                _canvas.DrawLine(right, top, right, bottom, color, Thickness);
            }

            if (y + 1 < mask.Height && inside[i] != inside[i + mask.Width])
            {
                _canvas.DrawLine(left, bottom, right, bottom, color, Thickness);
            }
        }

        return this;
    }

    /// <summary>Draws a point of the original as a circle.</summary>
    internal FigurePicture Point(double x, double y, Rgb color)
    {
        const float Radius = 5;
        (float px, float py) = ((float)x * _scaleX, (float)y * _scaleY);
        _canvas.FillCircle(px, py, Radius + 2, Rgb.Black, RimOpacity);
        _canvas.FillCircle(px, py, Radius, color);
        _canvas.DrawCircle(px, py, Radius, Rgb.White, 1.5f);
        return this;
    }

    /// <summary>Draws a point of the original as a dot, its radius in pixels of this picture, with a rim that stands out from its colour.</summary>
    internal FigurePicture Dot(double x, double y, float radius, Rgb color)
    {
        (float px, float py) = ((float)x * _scaleX, (float)y * _scaleY);
        _canvas.FillCircle(px, py, radius + 1, color.ReadableInk, RimOpacity);
        _canvas.FillCircle(px, py, radius, color);
        return this;
    }

    /// <summary>Draws a point of the original as a cross, its arms in pixels of this picture.</summary>
    internal FigurePicture Cross(double x, double y, float arm, Rgb color)
    {
        (float px, float py) = ((float)x * _scaleX, (float)y * _scaleY);
        foreach ((Rgb ink, float thickness, float opacity, float reach) in new[] { (Rgb.Black, 4f, RimOpacity, arm + 1), (color, 2f, 1f, arm) })
        {
            _canvas.DrawLine(px - reach, py, px + reach, py, ink, thickness, opacity);
            _canvas.DrawLine(px, py - reach, px, py + reach, ink, thickness, opacity);
        }

        return this;
    }
}
