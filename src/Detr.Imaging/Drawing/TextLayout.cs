using System.Numerics;

namespace Detr.Imaging;

/// <summary>Text of one size: how large it is and where its strokes run.</summary>
/// <remarks>
/// Heights are fitted to whole pixels, so that baselines, small letters and capitals have crisp edges at small sizes;
/// widths are left alone, so that text scales evenly.
/// </remarks>
internal readonly struct TextLayout
{
    private const float AscentPerEm = 0.88f;
    private const float LinePerEm = 1.16f;

    /// <summary>Space between glyphs on top of their advance, in font units; half of it comes before a glyph.</summary>
    private const float Tracking = 0.6f;

    private readonly float _scale;
    private readonly float _tracking;
    private readonly float _small;
    private readonly float _capital;

    /// <summary>Prepares text of a size.</summary>
    /// <param name="size">Pixels in an em; finite and positive.</param>
    /// <param name="weight">Thickness of the pen relative to the regular one.</param>
    public TextLayout(float size, float weight)
    {
        _scale = size / StrokeFont.UnitsPerEm;

        // A heavier pen eats into the gaps.
        _tracking = Tracking + MathF.Max(weight - 1, 0) * StrokeFont.PenWidth * 0.6f;

        // A pen thinner than a pixel would only be pale.
        PenRadius = MathF.Max(StrokeFont.PenWidth * _scale * weight, 1) / 2;
        _small = Fit(StrokeFont.SmallHeight);
        _capital = Fit(StrokeFont.CapitalHeight);
        Ascent = MathF.Round(AscentPerEm * size);
        LineHeight = MathF.Ceiling(LinePerEm * size);
    }

    /// <summary>Half the pen's width in pixels.</summary>
    public float PenRadius { get; }

    /// <summary>Pixels from the top of a line to the lower edge of its letters without descenders.</summary>
    public float Ascent { get; }

    /// <summary>Pixels from one line's top to the next one's.</summary>
    public float LineHeight { get; }

    /// <summary>The width of one line in pixels.</summary>
    public float Width(ReadOnlySpan<char> line)
    {
        float units = 0;
        foreach (char character in line)
        {
            units += StrokeFont.Find(character).Advance + _tracking;
        }

        return units * _scale;
    }

    /// <summary>Where a point of a glyph lies when the glyph starts at x on the lower edge of its line's letters.</summary>
    public Vector2 Place(Vector2 point, float x, float baseline) =>
        new(x + (point.X + _tracking / 2) * _scale, baseline - PenRadius - Height(point.Y));

    /// <summary>The height of a feature whose pen edges, above and at the baseline, are whole pixels apart.</summary>
    private float Fit(float units) => MathF.Max(MathF.Round(units * _scale + PenRadius * 2), 1) - PenRadius * 2;

    private float Height(float units)
    {
        if (units <= 0)
        {
            return units * _scale;
        }

        if (units <= StrokeFont.SmallHeight)
        {
            return units / StrokeFont.SmallHeight * _small;
        }

        float above = (units - StrokeFont.SmallHeight) / (StrokeFont.CapitalHeight - StrokeFont.SmallHeight);
        return _small + above * (_capital - _small);
    }
}
