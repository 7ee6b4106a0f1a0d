using System.Text.Json.Nodes;

namespace Detr.Cli.Tests;

/// <summary>Methods of explaining, judged with the model that comes along.</summary>
public sealed class ExplanationsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-explanations").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Methods_are_judged_and_a_study_that_goes_on_ends_with_the_same_numbers()
    {
        JsonNode first = await StudyAsync("parts", 1), parts = await StudyAsync("parts", 2), whole = await StudyAsync("whole", 2);
        Assert.Equal(whole.ToJsonString(), parts.ToJsonString());
        Assert.NotEqual(first["tables"]![0]!["title"]!.ToJsonString(), whole["tables"]![0]!["title"]!.ToJsonString());
        JsonNode table = whole["tables"]![0]!;
        string[] columns = [.. table["columns"]!.AsArray().Select(column => (string)column!)];
        Dictionary<string, double> overlaps = table["rows"]!.AsArray().ToDictionary(row => (string)row!["label"]!, row => (double)row!["values"]![Array.IndexOf(columns, "mask IoU")]!);
        Assert.Equal(12, overlaps.Count);
        Assert.All(overlaps.Where(pair => pair.Key != "true mask"), pair => Assert.True(pair.Value < overlaps["true mask"], pair.Key));
        Assert.StartsWith("Beside raw attention, relevance is ", (string?)whole["finding"], StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "whole", "explanations", "images"), "*.png").Length);
    }

    private async Task<JsonNode> StudyAsync(string folder, int count)
    {
        (int code, string output, string error) = await CommandLine.RunAsync("study", "explanations", "--out", Path.Combine(_folder, folder), "--count", $"{count}", "--threads", "1", "--json", "-");
        Assert.True(code == 0, error);
        return JsonNode.Parse(output)!;
    }
}
