using System.Text.Json;

namespace Detr.Cli.Tests;

/// <summary><c>detr score-panoptic</c>: generated scenes against themselves, and files that cannot be scored.</summary>
public sealed class ScorePanopticCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-cli").FullName;

    private string Json => Path.Combine(_folder, "annotations", "panoptic_val.json");

    private string Maps => Path.Combine(_folder, "annotations", "panoptic_val");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Scenes_score_one_against_themselves()
    {
        Assert.Equal(0, (await CommandLine.RunAsync("shapes", "--out", _folder, "--count", "4", "--size", "64", "--split", "val", "--panoptic")).ExitCode);
        (int code, string output, string error) = await CommandLine.RunAsync("score-panoptic", "--ground-truth", Json, "--ground-truth-dir", Maps, "--predictions", Json, "--predictions-dir", Maps, "--json", "-");
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(["All", "Things", "Stuff", "per_class"], json.RootElement.EnumerateObject().Select(property => property.Name));
        foreach (string name in new[] { "All", "Things", "Stuff" })
        {
            JsonElement figures = json.RootElement.GetProperty(name);
            Assert.Equal([1.0, 1.0, 1.0], new[] { "pq", "sq", "rq" }.Select(figure => figures.GetProperty(figure).GetDouble()));
            Assert.InRange(figures.GetProperty("n").GetInt32(), 1, 16);
        }

        JsonElement[] classes = [.. json.RootElement.GetProperty("per_class").EnumerateObject().Select(property => property.Value)];
        Assert.Equal(16, classes.Length);
        Assert.Equal(json.RootElement.GetProperty("All").GetProperty("n").GetInt32(), classes.Count(item => item.GetProperty("pq").ValueKind == JsonValueKind.Number));

        (code, output, _) = await CommandLine.RunAsync("score-panoptic", "--ground-truth", Json, "--ground-truth-dir", Maps, "--predictions", Json, "--predictions-dir", Maps);
        Assert.Equal(0, code);
        Assert.Contains("Stuff", output, StringComparison.Ordinal);
        Assert.Contains("1.000", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Segments_are_data_to_look_through()
    {
        await CommandLine.RunAsync("shapes", "--out", _folder, "--count", "2", "--size", "64", "--split", "val", "--panoptic");
        Assert.Equal(("coco", 12), await LookAsync());
        Assert.Equal(("panoptic", 16), await LookAsync("--format", "panoptic"));

        async Task<(string? Format, int Categories)> LookAsync(params string[] more)
        {
            (int code, string output, string error) = await CommandLine.RunAsync(["data", _folder, "--split", "val", "--json", "-", .. more]);
            Assert.True(code == 0, error);
            using JsonDocument json = JsonDocument.Parse(output);
            return (json.RootElement.GetProperty("format").GetString(), json.RootElement.GetProperty("splits").GetProperty("val").GetProperty("categories").GetArrayLength());
        }
    }

    [Fact]
    public async Task What_cannot_be_scored_ends_with_one_and_one_sentence()
    {
        await CommandLine.RunAsync("shapes", "--out", _folder, "--count", "2", "--size", "64", "--split", "val", "--panoptic");
        await RefusedAsync("nowhere.json", Maps, "nowhere.json");
        await RefusedAsync(Json, Path.Combine(_folder, "nowhere"), "--predictions-dir");
        File.Delete(Path.Combine(Maps, "000002.png"));
        await RefusedAsync(Json, Maps, "000002.png");
        File.WriteAllText(Json, "[");
        await RefusedAsync(Json, Maps, "panoptic format");
    }

    private async Task RefusedAsync(string predictions, string folder, string named)
    {
        (int code, _, string error) = await CommandLine.RunAsync("score-panoptic", "--ground-truth", Json, "--ground-truth-dir", Maps, "--predictions", predictions, "--predictions-dir", folder);
        Assert.Equal(1, code);
        Assert.Contains(named, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }
}
