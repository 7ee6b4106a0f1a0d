namespace Detr.Imaging;

/// <summary>A scale of 256 colours for numbers from 0 to 1.</summary>
public sealed class ColorMap
{
    /// <summary>Colours in a map.</summary>
    public const int Count = 256;

    private readonly Rgb[] _colors;

    /// <summary>Creates a map.</summary>
    /// <param name="name">What the map is called.</param>
    /// <param name="colors">Its 256 colours, the one for 0 first; copied.</param>
    /// <exception cref="ArgumentException">There are not 256 colours.</exception>
    public ColorMap(string name, ReadOnlySpan<Rgb> colors)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (colors.Length != Count)
        {
            throw new ArgumentException($"A colour map has {Count} colours; {colors.Length} were given.", nameof(colors));
        }

        Name = name;
        _colors = colors.ToArray();
    }

    /// <summary>What the map is called.</summary>
    public string Name { get; }

    /// <summary>All 256 colours.</summary>
    public ReadOnlySpan<Rgb> Colors => _colors;

    /// <summary>The colour of a number; below 0 and not-a-number as 0, above 1 as 1.</summary>
    /// <param name="value">The number.</param>
    public Rgb this[float value] => _colors[value > 0 ? (int)(Math.Min(value, 1) * (Count - 1) + 0.5f) : 0];
}
