using Detr.Imaging;

namespace Detr.Reports;

/// <summary>What sections are made of.</summary>
public static class ReportParts
{
    private const int JpegQuality = 85;
    private const int ChartWidth = 560;
    private const int ChartHeight = 280;

    /// <summary>Figures in large type.</summary>
    /// <param name="tiles">What each is called, its value, and what else there is to say of it.</param>
    public static Html Tiles(IEnumerable<(string Name, string Value, string Remark)> tiles)
        => Html.Of($"<div class=\"tiles\">{Html.Join(tiles.Select(tile => Html.Of($"<div class=\"tile\"><span>{tile.Name}</span><strong>{tile.Value}</strong><small>{tile.Remark}</small></div>")))}</div>");

    /// <summary>Cards side by side, as many as there is room for.</summary>
    /// <param name="cards">The cards.</param>
    public static Html Grid(IEnumerable<Html> cards) => Html.Of($"<div class=\"grid\">{Html.Join(cards)}</div>");

    /// <summary>A chart with its title and legend.</summary>
    /// <param name="chart">The chart.</param>
    public static Html Chart(LineChart chart)
    {
        Html legend = Html.Join(chart.Series.Where(series => !series.IsFaint && series.Name.Length > 0)
            .Select(series => Html.Of($"<span><i style=\"background:{series.Color}\"></i>{series.Name}</span>")));
        return Html.Of($"<figure class=\"card\"><figcaption>{chart.Title}<small>{chart.YLabel}</small></figcaption><div class=\"legend\">{legend}</div>{Html.Trusted(chart.ToSvg(ChartWidth, ChartHeight))}</figure>");
    }

    /// <summary>A picture that lies in the page itself.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="caption">What it shows.</param>
    public static Html Picture(RgbImage image, Html caption)
    {
        using MemoryStream stream = new();
        JpegEncoder.Write(image, stream, JpegQuality);
        return Html.Of($"<figure class=\"picture\"><img loading=\"lazy\" width=\"{image.Width}\" height=\"{image.Height}\" alt=\"\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(stream.GetBuffer(), 0, (int)stream.Length)}\"><figcaption>{caption}</figcaption></figure>");
    }

    /// <summary>Pictures side by side.</summary>
    /// <param name="pictures">The pictures.</param>
    public static Html Gallery(IEnumerable<Html> pictures) => Html.Of($"<div class=\"gallery\">{Html.Join(pictures)}</div>");

    /// <summary>A table whose rows a click on a heading sorts; it scrolls where it is too large.</summary>
    /// <param name="headings">What the columns are called; those after the first <paramref name="textColumns"/> are numbers.</param>
    /// <param name="rows">The cells.</param>
    /// <param name="textColumns">How many columns are text.</param>
    public static Html Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<Html>> rows, int textColumns = 1)
    {
        Html head = Html.Join(headings.Select((heading, column) => column < textColumns ? Html.Of($"<th class=\"text\">{heading}") : Html.Of($"<th>{heading}")));
        Html body = Html.Join(rows.Select(row => Html.Of($"<tr>{Html.Join(row.Select((cell, column) => column < textColumns ? Html.Of($"<td class=\"text\">{cell}") : Html.Of($"<td>{cell}")))}\n")));
        return Html.Of($"<div class=\"scroll\"><table><thead><tr>{head}</thead><tbody>{body}</tbody></table></div>");
    }

    /// <summary>A share as text with three decimals; a dash where there is none.</summary>
    /// <param name="value">The share.</param>
    public static string Share(double? value) => value is { } number ? FormattableString.Invariant($"{number:F3}") : "n/a";
}
