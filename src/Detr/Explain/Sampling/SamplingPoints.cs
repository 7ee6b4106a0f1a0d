namespace Detr.Explain;

/// <summary>
/// Where one query of a deformable attention samples, and by what weight (Zhu et al. 2021, section 4.1). Of an encoder's attention the query
/// is a cell. Points count head by head, each head's level by level.
/// </summary>
/// <param name="Heads">Heads.</param>
/// <param name="Levels">Levels of the pyramid.</param>
/// <param name="Points">Points that a head samples on each level.</param>
/// <param name="Locations">(x, y), 0 to 1 across a level, and so across a picture without padding; nothing is taken beyond. [Heads, Levels, Points, 2].</param>
/// <param name="Weights">Those of a head sum to 1, or to 0 where it is off. [Heads, Levels, Points].</param>
/// <param name="References">Points (x, y) or boxes (x, y, w, h) that the locations are placed by, 0 to 1 across a level, [Levels, 2 or 4]; none where the attention was given locations alone.</param>
public sealed record SamplingPoints(int Heads, int Levels, int Points, float[] Locations, float[] Weights, float[] References)
{
    /// <summary>Points of all heads and levels.</summary>
    public int Count => Weights.Length;

    /// <summary>Where a point lies, 0 to 1 across a level.</summary>
    /// <param name="point">The point, counted through heads and levels.</param>
    public (float X, float Y) Location(int point) => (Locations[2 * point], Locations[(2 * point) + 1]);

    /// <summary>The head that samples a point.</summary>
    /// <param name="point">The point, counted through heads and levels.</param>
    public int HeadOf(int point) => point / (Levels * Points);

    /// <summary>The level that a point is sampled on.</summary>
    /// <param name="point">The point, counted through heads and levels.</param>
    public int LevelOf(int point) => point / Points % Levels;

    /// <summary>What a level is placed by: (x, y), or (x, y, w, h); empty where that is not known.</summary>
    /// <param name="level">The level.</param>
    public ReadOnlySpan<float> Reference(int level)
    {
        int size = References.Length / Levels;
        return References.AsSpan(level * size, size);
    }

    /// <summary>What the points are placed by in pixels of a picture that was alone in its batch: (x, y), or a box's edges (x0, y0, x1, y1); empty where that is not known.</summary>
    /// <param name="width">Pixels in a row of the upright original.</param>
    /// <param name="height">Its rows.</param>
    public float[] ReferenceInPixels(int width, int height) => Reference(0) switch
    {
        [float x, float y, float w, float h] => [(x - (w / 2)) * width, (y - (h / 2)) * height, (x + (w / 2)) * width, (y + (h / 2)) * height],
        [float x, float y] => [x * width, y * height],
        _ => [],
    };

    /// <summary>The share of all weight, 0 to 1, that a level has; 0 where nothing has any.</summary>
    /// <param name="level">The level.</param>
    public double ShareOfLevel(int level) => Share(point => LevelOf(point) == level);

    /// <summary>The share of all weight, 0 to 1, that lies in a detection's box, its edges included; 0 where nothing has any. The picture was alone in its batch.</summary>
    /// <param name="detection">The detection.</param>
    /// <param name="width">Pixels in a row of the upright original.</param>
    /// <param name="height">Its rows.</param>
    public double ShareInBox(Detection detection, int width, int height)
        => Share(point => Location(point) is var (x, y) && x * width >= detection.X0 && x * width <= detection.X1 && y * height >= detection.Y0 && y * height <= detection.Y1);

    /// <summary>The share of all weight, 0 to 1, of points beyond their level's edges, where nothing is taken; 0 where nothing has any.</summary>
    public double ShareOutside() => Share(point => Location(point) is not (>= 0 and <= 1, >= 0 and <= 1));

    private double Share(Func<int, bool> counts)
    {
        double all = 0, some = 0;
        for (int point = 0; point < Weights.Length; point++)
        {
            all += Weights[point];
            some += counts(point) ? Weights[point] : 0;
        }

        return all > 0 ? some / all : 0;
    }
}
