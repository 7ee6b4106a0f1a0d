using System.Text.Json;
using System.Text.RegularExpressions;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Reports;

namespace Detr.Tests.Reports;

/// <summary>The page of an explained photograph stands alone, and holds the maps that it was given.</summary>
public sealed partial class ExplainReportTests
{
    private const string Hostile = "</script><script>alert(\"1\")</script>";
    private static readonly MapPlacement Placement = new(40, 24, 8, 4, 6);

    [Fact]
    public void The_page_holds_every_map_of_what_was_found()
    {
        float[] values = new float[24];
        for (int i = 0; i < values.Length; i++)
        {
            // Of six columns the sixth is padding, and so is the last of four rows.
            values[i] = i % 6 == 5 || i / 6 == 3 ? 0 : i % 6 * 0.25f;
        }

        Detection found = new(3, 1, Hostile, 0.9f, 1, 2, 30, 20);
        ExplainedMap[] maps =
        [
            new(3, new MapDescription("decoder cross-attention", 1, 0), values), new(3, new MapDescription("relevance"), Array.ConvertAll(values, value => value - 0.5f)),
            new(8, new MapDescription("relevance"), values),
        ];
        string page = ExplainReport.Of(Hostile, new RgbImage(80, 48), Placement, [found], maps, [(Hostile, new RgbImage(4, 4))]).ToHtml().ToString();
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", page.Replace("http://www.w3.org/2000/svg", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);

        using JsonDocument data = JsonDocument.Parse(Assert.Single(Data().Matches(page)).Groups["json"].Value);
        JsonElement root = data.RootElement;
        Assert.Equal("[5,3] 8 [40,24] [80,48]", $"{root.GetProperty("cells")} {root.GetProperty("stride")} {root.GetProperty("model")} {root.GetProperty("size")}");
        Assert.Equal(Hostile, Assert.Single(root.GetProperty("queries").EnumerateArray()).GetProperty("label").GetString());
        JsonElement[] written = [.. root.GetProperty("maps").EnumerateArray()];
        Assert.Equal(["decoder cross-attention", "relevance"], written.Select(map => map.GetProperty("method").GetString()));
        Assert.Equal((1, 0, 1f), (written[0].GetProperty("layer").GetInt32(), written[0].GetProperty("head").GetInt32(), written[0].GetProperty("high").GetSingle()));
        Assert.False(written[1].TryGetProperty("layer", out _));
        Assert.Equal([.. Enumerable.Repeat<byte[]>([0, 64, 128, 191, 255], 3).SelectMany(row => row)], written[0].GetProperty("values").GetBytesFromBase64());
        Assert.Equal("diverging", written[1].GetProperty("colors").GetString());
        Assert.Equal(-0.5f, written[1].GetProperty("low").GetSingle());
        Assert.Equal(3 * ColorMap.Count, root.GetProperty("colors").GetProperty("ember").GetBytesFromBase64().Length);
    }

    [Fact]
    public void Without_maps_the_page_says_so()
    {
        ExplainedMap[] maps = [new(1, new MapDescription("relevance"), new float[24])];
        string page = ExplainReport.Of("none", new RgbImage(7, 3000), Placement, [], maps, []).ToHtml().ToString();
        Assert.Contains("nothing to lay over", page, StringComparison.Ordinal);
        Assert.Empty(Data().Matches(page));
    }

    [Fact]
    public void Maps_that_cannot_be_shown_are_refused()
    {
        Detection found = new(1, 1, "cat", 0.9f, 1, 2, 30, 20);
        float[] values = new float[24];
        values[2] = float.NaN;
        Assert.Throws<ArgumentException>(() => Page(values));
        Assert.Throws<ArgumentException>(() => Page(new float[3]));

        ReportPage Page(float[] map) => ExplainReport.Of("page", new RgbImage(8, 8), Placement, [found], [new ExplainedMap(1, new MapDescription("relevance"), map)], []);
    }

    [GeneratedRegex("<script type=\"application/json\">(?<json>.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();
}
