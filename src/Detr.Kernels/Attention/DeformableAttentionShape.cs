namespace Detr.Kernels;

/// <summary>
/// The sizes of a multi-scale deformable attention. Tokens stand level by level, each level row by row; heads are
/// contiguous slices of a token's channels.
/// </summary>
public sealed class DeformableAttentionShape
{
    private const int MostSamples = 1 << 20;
    private readonly (int Height, int Width)[] _levels;
    private readonly int[] _starts;

    /// <summary>Makes a shape.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="queries">Queries of an image.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="headSize">Channels of a head.</param>
    /// <param name="points">Points that a head samples on each level.</param>
    /// <param name="levels">Rows and columns of each level; at least one.</param>
    /// <exception cref="ArgumentException">There is no level, or a size is not positive (images and queries may be none), or sizes are too large together.</exception>
    public DeformableAttentionShape(int batch, int queries, int heads, int headSize, int points, params ReadOnlySpan<(int Height, int Width)> levels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(queries);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(heads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(points);
        if (levels.IsEmpty)
        {
            throw new ArgumentException("A deformable attention needs at least one level.", nameof(levels));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)heads * headSize, Array.MaxLength, nameof(headSize));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)levels.Length * points, MostSamples, nameof(points));
        (Batch, Queries, Heads, HeadSize, Points) = (batch, queries, heads, headSize, points);
        _levels = levels.ToArray();
        _starts = new int[levels.Length];
        long tokens = 0;
        for (int level = 0; level < levels.Length; level++)
        {
            (int height, int width) = levels[level];
            if (height < 1 || width < 1)
            {
                throw new ArgumentException($"Level {level} of {height} × {width} has no cells.", nameof(levels));
            }

            _starts[level] = (int)tokens;
            tokens += (long)height * width;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, Array.MaxLength, nameof(levels));
        }

        Tokens = (int)tokens;
    }

    /// <summary>Images.</summary>
    public int Batch { get; }

    /// <summary>Queries of an image.</summary>
    public int Queries { get; }

    /// <summary>Heads.</summary>
    public int Heads { get; }

    /// <summary>Channels of a head.</summary>
    public int HeadSize { get; }

    /// <summary>Points that a head samples on each level.</summary>
    public int Points { get; }

    /// <summary>Rows and columns of each level.</summary>
    public ReadOnlySpan<(int Height, int Width)> Levels => _levels;

    /// <summary>Where each level's tokens begin.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>Tokens of an image: the cells of all levels.</summary>
    public int Tokens { get; }

    /// <summary>Channels of a token.</summary>
    public int Channels => Heads * HeadSize;

    /// <summary>Points that a head samples on all levels.</summary>
    public int Samples => _levels.Length * Points;

    /// <summary>Throws where spans are not of this shape.</summary>
    /// <exception cref="ArgumentException">A length is another.</exception>
    internal void Check(int value, int locations, int weights, int output)
    {
        long queries = (long)Batch * Queries, samples = queries * Heads * Samples;
        if (value != (long)Batch * Tokens * Channels || output != queries * Channels || weights != samples || locations != 2 * samples)
        {
            throw new ArgumentException(
                $"{value} values, {locations} coordinates, {weights} weights and {output} results are not those of {this}.", nameof(value));
        }
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"{Batch} × {Queries} queries with {Heads} heads of {HeadSize} and {Points} points on levels of {string.Join(", ", _levels.Select(level => $"{level.Height} × {level.Width}"))}";
}
