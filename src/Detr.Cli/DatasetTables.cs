using System.Globalization;
using Detr.Data;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>What <c>detr data</c> found, as tables.</summary>
internal static class DatasetTables
{
    private const int MostCategories = 30;

    /// <summary>A row a figure, a column a split.</summary>
    internal static Table Figures(IReadOnlyList<DatasetReport> reports)
    {
        Table table = Columns("figure", reports);
        Add("photographs", statistics => statistics.Images);
        Add("without an object", statistics => statistics.ImagesWithoutObjects);
        Add("objects", statistics => statistics.Objects);
        Add("crowds or difficult", statistics => statistics.Crowds);
        table.AddRow(["objects on a photograph, mean", .. reports.Select(report => Mean(report.Statistics))]);
        Add("objects on a photograph, most", statistics => statistics.MostObjects);
        for (int i = 0; i < reports[0].Statistics.ObjectSizes.Count; i++)
        {
            int size = i;
            Add($"{reports[0].Statistics.ObjectSizes[i].Label} objects", statistics => statistics.ObjectSizes[size].Count);
        }

        table.AddRow(["commonest size", .. reports.Select(report => report.Statistics.ImageSizes.Count == 0 ? string.Empty : report.Statistics.ImageSizes[0].Label)]);
        return table;

        void Add(string name, Func<DatasetStatistics, int> value) => table.AddRow([name, .. reports.Select(report => Number(value(report.Statistics)))]);
    }

    /// <summary>A row a category, with its objects in each split; rare ones share the last row.</summary>
    internal static Table Categories(IReadOnlyList<DatasetReport> reports)
    {
        Table table = Columns("category", reports);
        string[] names = [.. reports.SelectMany(report => report.Statistics.Categories).GroupBy(count => count.Category.Name).OrderByDescending(same => same.Sum(count => count.Objects)).Select(same => same.Key)];
        int shown = names.Length <= MostCategories ? names.Length : MostCategories - 1;
        foreach (string name in names.Take(shown))
        {
            table.AddRow([Markup.Escape(name), .. reports.Select(report => Number(Objects(report, [name])))]);
        }

        if (shown < names.Length)
        {
            HashSet<string> others = [.. names.Skip(shown)];
            table.AddRow([$"{others.Count} others", .. reports.Select(report => Number(Objects(report, others)))]);
        }

        return table;
    }

    private static Table Columns(string first, IReadOnlyList<DatasetReport> reports)
    {
        Table table = new Table().AddColumn(first);
        foreach (DatasetReport report in reports)
        {
            table.AddColumn(new TableColumn(Markup.Escape(report.Split)).RightAligned());
        }

        return table;
    }

    private static int Objects(DatasetReport report, HashSet<string> names) => report.Statistics.Categories.Where(count => names.Contains(count.Category.Name)).Sum(count => count.Objects);

    private static string Mean(DatasetStatistics statistics) => statistics.Images == 0 ? string.Empty : ((double)statistics.Objects / statistics.Images).ToString("F1", CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
