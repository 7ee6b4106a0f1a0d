using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Detr.Explain;
using Detr.Imaging;
using Detr.Reports;

namespace Detr.Tests.Reports;

/// <summary>The page of sampling points stands alone, and holds every point that it was given.</summary>
public sealed partial class SamplingReportTests
{
    private const string Hostile = "</script><script>alert(\"1\")</script>";

    [Fact]
    public void The_page_holds_every_point_of_the_surest_first()
    {
        Detection[] detections = [new(0, 1, "cat", 0.2f, 0, 2, 30, 20), new(1, 1, Hostile, 0.9f, 20, 10, 60, 40)];
        SamplingExplanation explanation = new(detections, [(3, 5)], [Query(0, [0.5f, 0.25f]), Query(1, [0.5f, 0.25f, 0.5f, 0.5f])]);
        string page = SamplingReport.Of(Hostile, new RgbImage(80, 48), explanation, [(Hostile, new RgbImage(4, 4))]).ToHtml().ToString();
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
        Assert.Contains("levels of 3 &#215; 5 cells", page, StringComparison.Ordinal);

        using JsonDocument data = JsonDocument.Parse(Assert.Single(Data().Matches(page)).Groups["json"].Value);
        JsonElement root = data.RootElement;
        Assert.Equal("[80,48] [[3,5]] 1 2", $"{root.GetProperty("size")} {root.GetProperty("levels")} {root.GetProperty("heads")} {root.GetProperty("points")}");
        JsonElement[] queries = [.. root.GetProperty("queries").EnumerateArray()];
        Assert.Equal([Hostile, "cat"], queries.Select(query => query.GetProperty("label").GetString()));
        Assert.Equal(["[20,0,60,24]", "[40,12]"], queries.Select(query => Layers(query, "decoder cross-attention")[1].GetProperty("reference").GetRawText()));
        Assert.Equal([0.1f * 80, 0.5f * 48, 0.75f, 1.2f * 80, -0.1f * 48, 0.25f], MemoryMarshal.Cast<byte, float>(Layers(queries[0], "decoder cross-attention")[0].GetProperty("samples").GetBytesFromBase64()).ToArray());
        Assert.Single(Layers(queries[0], "encoder self-attention"));

        // The part around an object is of the picture's shape: here all of it, there twice the box's width.
        Assert.Equal(["[0,0,80,48]", "[0,0,60,36]"], queries.Select(query => query.GetProperty("near").GetRawText()));

        static JsonElement[] Layers(JsonElement query, string attention) => [.. query.GetProperty("attentions").GetProperty(attention).EnumerateArray()];
    }

    [Fact]
    public void Points_that_cannot_be_shown_are_refused()
    {
        Detection[] detections = [new(0, 1, "cat", 0.2f, 1, 2, 30, 20)];
        SampledQuery bad = Query(0, []) with { Encoder = [new SamplingPoints(1, 1, 1, [0.5f, float.NaN], [1], [])] };
        Assert.Throws<ArgumentException>(() => SamplingReport.Of("page", new RgbImage(8, 8), new SamplingExplanation(detections, [(3, 5)], [bad]), []));
        Assert.Throws<ArgumentException>(() => SamplingReport.Of("page", new RgbImage(8, 8), new SamplingExplanation(detections, [(3, 5)], []), []));
    }

    private static SampledQuery Query(int query, float[] reference)
    {
        SamplingPoints points = new(1, 1, 2, [0.1f, 0.5f, 1.2f, -0.1f], [0.75f, 0.25f], reference);
        return new SampledQuery(query, [points, points], (1, 2), [points]);
    }

    [GeneratedRegex("<script type=\"application/json\">(?<json>.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();
}
