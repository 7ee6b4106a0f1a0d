using Detr.Data;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>What a split consists of in one picture: categories, objects on a photograph, their sizes and shapes, sizes of photographs.</summary>
public static class DatasetFigure
{
    private const int ColumnWidth = 520;
    private const int MostCategories = 40;

    // Colours are the categories'; what is counted over all of them has none.
    private static readonly Rgb Neutral = new(112, 128, 152);

    /// <summary>Draws a split's figures.</summary>
    /// <param name="statistics">The figures.</param>
    public static RgbImage Draw(DatasetStatistics statistics)
    {
        BarChart categories = new("Objects of each category", [.. Commonest(statistics)]);
        BarChart[] others =
        [
            Chart("Photographs by number of objects", statistics.ObjectsPerImage),
            Chart("Objects by area: limits are 32 × 32 and 96 × 96 pixels", statistics.ObjectSizes),
            Chart("Objects by width to height", statistics.AspectRatios),
            Chart("Photographs by size", statistics.ImageSizes),
        ];
        int height = Math.Max(categories.Height, others.Sum(chart => chart.Height));
        Canvas canvas = new(new RgbImage(2 * ColumnWidth, height));
        canvas.Clear(Rgb.White);
        canvas.DrawImage(categories.Render(ColumnWidth), 0, 0);
        int top = 0;
        foreach (BarChart chart in others)
        {
            canvas.DrawImage(chart.Render(ColumnWidth), ColumnWidth, top);
            top += chart.Height;
        }

        return canvas.Image;
    }

    /// <summary>A bar for each category, the commonest first, in the colour that its boxes have; many rare ones share the last.</summary>
    private static IEnumerable<Bar> Commonest(DatasetStatistics statistics)
    {
        (CategoryCount Count, int Place)[] sorted = [.. statistics.Categories.Select((count, place) => (count, place)).OrderByDescending(item => item.count.Objects)];
        int shown = sorted.Length <= MostCategories ? sorted.Length : MostCategories - 1;
        IEnumerable<Bar> bars = sorted.Take(shown).Select(item => new Bar(item.Count.Category.Name, item.Count.Objects, Palette.ForIndex(item.Place)));
        return shown == sorted.Length ? bars : bars.Append(new Bar($"{sorted.Length - shown} others", sorted.Skip(shown).Sum(item => item.Count.Objects), Neutral));
    }

    private static BarChart Chart(string title, IReadOnlyList<HistogramBin> bins)
        => new(title, [.. bins.Select(bin => new Bar(bin.Label, bin.Count, Neutral))]);
}
