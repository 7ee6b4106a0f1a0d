namespace Detr.Models;

/// <summary>The waves of <see cref="SinePositionEncoding"/>. The defaults are the reference's.</summary>
public sealed record SinePositionOptions
{
    /// <summary>The ratio of the longest to the shortest wave.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a number above 0.</exception>
    public double Temperature { get; init => field = Positive(value); } = 10_000;

    /// <summary>
    /// How often the shortest wave repeats across a picture. With the reference's single time, the encodings of neighbouring cells hardly
    /// differ, and attention has to learn to look closely; with several it can tell small objects apart from the beginning.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a number above 0.</exception>
    public double Repeats { get; init => field = Positive(value); } = 1;

    /// <summary>Whether a cell's position is its middle, half a cell before its end, as in Deformable DETR.</summary>
    public bool HalfCell { get; init; }

    /// <summary>What a position, in radians of one turn across the picture, is divided by in each channel of an axis.</summary>
    /// <param name="channels">Channels of an axis: two of each wave, a sine and a cosine.</param>
    public float[] Wavelengths(int channels)
        => [.. Enumerable.Range(0, channels).Select(channel => (float)(Math.Pow(Temperature, 2.0 * (channel / 2) / channels) / Repeats))];

    private static double Positive(double value)
        => value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The waves of position encodings are numbers above 0.");
}
