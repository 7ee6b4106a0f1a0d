using System.Numerics.Tensors;
using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>A position encoding as pictures: its channels, and how alike its positions are.</summary>
public static class PositionFigure
{
    private const int Side = 110;
    private const int Columns = 8;
    private const int MostChannels = 32;

    /// <summary>Draws channels as images, evenly chosen where there are many.</summary>
    /// <param name="encoding">[rows · columns, channels].</param>
    /// <param name="rows">The feature map's rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <exception cref="ArgumentException">The encoding's length is not a multiple of its cells.</exception>
    public static RgbImage Channels(ReadOnlySpan<float> encoding, int rows, int columns)
    {
        int channels = Count(encoding, rows, columns), shown = Math.Min(channels, MostChannels);
        MapScale scale = MapScale.Of(encoding);
        List<PanelGrid.Panel> panels = [];
        for (int i = 0; i < shown; i++)
        {
            // Sine positions have sines in even channels and cosines in odd ones; both are to be seen.
            int channel = Math.Min((int)((long)i * channels / shown) | (i & 1), channels - 1);
            float[] map = new float[rows * columns];
            for (int cell = 0; cell < map.Length; cell++)
            {
                map[cell] = encoding[(cell * channels) + channel];
            }

            panels.Add(Panel(map, rows, columns, scale, FormattableString.Invariant($"channel {channel}")));
        }

        return PanelGrid.Draw(FormattableString.Invariant($"position encoding, {shown} of {channels} channels"), PanelGrid.InRows(panels, Columns), scale.Legend("value of the encoding"));
    }

    /// <summary>Draws, for some cells, the cosine similarity of the cell's encoding to that of every cell.</summary>
    /// <param name="encoding">[rows · columns, channels].</param>
    /// <param name="rows">The feature map's rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="cells">Which cells; may be none.</param>
    /// <exception cref="ArgumentException">The encoding's length is not a multiple of its cells.</exception>
    public static RgbImage Similarity(ReadOnlySpan<float> encoding, int rows, int columns, IReadOnlyList<(int Row, int Column)> cells)
    {
        List<float[]> maps = [];
        foreach ((int row, int column) in cells)
        {
            maps.Add(SimilarityTo(encoding, rows, columns, row, column));
        }

        // Most channels hardly change over the picture, so that no two positions of sines differ by much.
        MapScale scale = new(ColorMaps.Lagoon, maps.Select(map => map.Min()).DefaultIfEmpty(-1).Min(), 1);
        IEnumerable<PanelGrid.Panel> panels = cells.Zip(maps, (cell, map) => Panel(map, rows, columns, scale, FormattableString.Invariant($"to row {cell.Row}, column {cell.Column}")));
        return PanelGrid.Draw("position encoding, similarity of one position to all", PanelGrid.InRows(panels, Columns), scale.Legend("cosine similarity"));
    }

    /// <summary>The cosine similarity of one cell's encoding to that of every cell, [rows, columns]; 0 where an encoding is all zeros.</summary>
    internal static float[] SimilarityTo(ReadOnlySpan<float> encoding, int rows, int columns, int row, int column)
    {
        int channels = Count(encoding, rows, columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)rows, nameof(row));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)columns, nameof(column));
        ReadOnlySpan<float> own = encoding.Slice(((row * columns) + column) * channels, channels);
        float[] similarity = new float[rows * columns];
        for (int cell = 0; cell < similarity.Length; cell++)
        {
            float cosine = TensorPrimitives.CosineSimilarity(own, encoding.Slice(cell * channels, channels));
            similarity[cell] = float.IsNaN(cosine) ? 0 : cosine;
        }

        return similarity;
    }

    private static int Count(ReadOnlySpan<float> encoding, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        return encoding.Length % (rows * columns) == 0 && encoding.Length > 0
            ? encoding.Length / (rows * columns)
            : throw new ArgumentException($"{encoding.Length} values are not an encoding of {rows} × {columns} cells.", nameof(encoding));
    }

    private static PanelGrid.Panel Panel(float[] map, int rows, int columns, MapScale scale, string caption)
    {
        int cell = Math.Max(1, Side / Math.Max(rows, columns));
        return new(QueryMatrixFigure.Heat(new AttentionMap(rows, columns, map), scale, cell, cell), caption);
    }
}
