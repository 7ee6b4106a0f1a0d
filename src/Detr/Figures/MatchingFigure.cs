using System.Globalization;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>
/// How training pairs object queries with objects (Carion et al. 2020, section 3.1): what every pair costs, and the pairs that the Hungarian
/// algorithm chose, one query for each object, at the least cost in all.
/// </summary>
public static class MatchingFigure
{
    private const int Side = 480;
    private const int CellWidth = 88;
    private const int CellHeight = 17;
    private const int RowTitle = 70;
    private const float TextSize = 11;
    private const int LongestLabel = 13;
    private static readonly Rgb Ink = new(40, 44, 52);
    private static readonly Rgb TrueColor = Rgb.White;

    /// <summary>Draws the scene with what was matched, and the matrix of costs.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="objects">The objects, with their true boxes; their queries and scores do not matter.</param>
    /// <param name="detections">Every query's detection, in query order.</param>
    /// <param name="costs">[queries, objects], finite.</param>
    /// <param name="pairs">Which query is which object's.</param>
    /// <exception cref="ArgumentException">Costs are not one for each query and object.</exception>
    public static RgbImage Draw(
        RgbImage image, IReadOnlyList<Detection> objects, IReadOnlyList<Detection> detections, ReadOnlySpan<double> costs, IReadOnlyList<(int Query, int Target)> pairs)
    {
        if (costs.Length != detections.Count * objects.Count)
        {
            throw new ArgumentException($"{costs.Length} costs are not those of {detections.Count} queries and {objects.Count} objects.", nameof(costs));
        }

        FigurePicture photograph = new(image, Side);
        foreach (Detection item in objects)
        {
            photograph.Box(item, TrueColor);
        }

        foreach ((int query, int target) in pairs)
        {
            photograph.Box(detections[query], Palette.ForIndex(target));
        }

        foreach ((int query, int target) in pairs)
        {
            photograph.Label(detections[query], string.Create(CultureInfo.InvariantCulture, $"query {query}"), Palette.ForIndex(target));
        }

        return PanelGrid.Draw(
            "Matching: one object query for each object, at the least cost in all",
            [[
                new(photograph.Image, "the true boxes, and the boxes of the queries that\nwere matched to them"),
                new(Matrix(objects, detections.Count, costs, pairs), "what it costs to take a query (row) for an object (column): box distance, overlap, class;\nthe framed pairs are chosen, all other queries are to answer no-object"),
            ]],
            scale: null, [(TrueColor, "true box (white)")]);
    }

    /// <summary>Costs as numbers on a ground that is the darker the less they are.</summary>
    private static RgbImage Matrix(IReadOnlyList<Detection> objects, int queries, ReadOnlySpan<double> costs, IReadOnlyList<(int Query, int Target)> pairs)
    {
        Canvas canvas = new(new RgbImage(RowTitle + (objects.Count * CellWidth) + 4, ((queries + 1) * CellHeight) + 4));
        canvas.Clear(Rgb.White);
        (double low, double high) = Ends(costs);
        for (int column = 0; column < objects.Count; column++)
        {
            canvas.FillRectangle(Left(column), 2, Left(column) + CellWidth - 2, CellHeight - 1, Palette.ForIndex(column));
            canvas.DrawText(Left(column) + 3, 2, ErrorFigure.Shortened(objects[column].Label, LongestLabel), TextSize, Ink);
        }

        for (int query = 0; query < queries; query++)
        {
            canvas.DrawText(2, Top(query), string.Create(CultureInfo.InvariantCulture, $"query {query}"), TextSize, Ink);
            for (int column = 0; column < objects.Count; column++)
            {
                double cost = costs[(query * objects.Count) + column];
                float nearness = high > low ? (float)((high - cost) / (high - low)) : 0;
                Rgb ground = ColorMaps.Ember[1 - (nearness * 0.6f)];
                canvas.FillRectangle(Left(column), Top(query), Left(column) + CellWidth - 1, Top(query) + CellHeight - 1, ground);
                canvas.DrawText(Left(column) + 6, Top(query) + 1, cost.ToString("0.00", CultureInfo.InvariantCulture), TextSize, nearness > 0.5f ? Rgb.White : Ink);
            }
        }

        foreach ((int query, int target) in pairs)
        {
            canvas.DrawRectangle(Left(target), Top(query), Left(target) + CellWidth - 1, Top(query) + CellHeight - 1, Rgb.White, 6);
            canvas.DrawRectangle(Left(target), Top(query), Left(target) + CellWidth - 1, Top(query) + CellHeight - 1, Palette.ForIndex(target), 3);
        }

        return canvas.Image;
    }

    private static (double Low, double High) Ends(ReadOnlySpan<double> costs)
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double cost in costs)
        {
            (low, high) = (Math.Min(low, cost), Math.Max(high, cost));
        }

        return (low, high);
    }

    private static float Left(int column) => RowTitle + (column * CellWidth);

    private static float Top(int query) => (query + 1) * CellHeight;
}
