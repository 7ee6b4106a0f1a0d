using System.Globalization;
using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>Which object queries draw most attention from all others in the decoder's self-attention, layer by layer.</summary>
public static class AttendedQueriesFigure
{
    private const int Width = 800;
    private const int RowHeight = 26;
    private const int LargestCell = 24;
    private const int Named = 5;

    /// <summary>The share of all attention that each key draws: the mean of its column.</summary>
    /// <param name="attention">The attention; at least one query.</param>
    /// <returns>[keys]; sums to 1 where the rows do.</returns>
    public static float[] Shares(AttentionMap attention)
    {
        float[] shares = new float[attention.Keys];
        for (int query = 0; query < attention.Queries; query++)
        {
            ReadOnlySpan<float> row = attention.Row(query);
            for (int key = 0; key < shares.Length; key++)
            {
                shares[key] += row[key] / attention.Queries;
            }
        }

        return shares;
    }

    /// <summary>Draws a strip for each layer, and names the queries that draw most.</summary>
    /// <param name="layers">Each decoder layer's self-attention, the first layer first; may be none.</param>
    public static RgbImage Draw(IReadOnlyList<AttentionMap> layers)
    {
        const string Method = "decoder self-attention: share that each query draws";
        float[][] shares = [.. layers.Select(Shares)];
        MapScale scale = MapScale.Of(shares.SelectMany(row => row).ToArray());
        return PanelGrid.Draw(Method, [.. shares.Select((row, layer) => (IReadOnlyList<PanelGrid.Panel>)[Strip(row, layer, scale)])], scale.Legend("mean over the queries that attend"));
    }

    private static PanelGrid.Panel Strip(float[] shares, int layer, MapScale scale)
    {
        IEnumerable<string> most = Enumerable.Range(0, shares.Length).OrderByDescending(key => shares[key]).Take(Named)
            .Select(key => string.Create(CultureInfo.InvariantCulture, $"{key} ({shares[key]:P1})").Replace(" %", "%", StringComparison.Ordinal));
        RgbImage strip = QueryMatrixFigure.Heat(new AttentionMap(1, shares.Length, shares), scale, Math.Clamp(Width / shares.Length, 1, LargestCell), RowHeight);
        return new(strip, FormattableString.Invariant($"layer {layer}: most to queries {string.Join(", ", most)}"));
    }
}
