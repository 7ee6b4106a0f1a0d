using System.Text.Json;

namespace Detr.Cli.Tests;

/// <summary><c>detr study</c> with models that have no time to learn anything.</summary>
public sealed class StudyCommandTests : IDisposable
{
    private static readonly string[] Tiny = ["--steps", "10", "--batch-size", "1", "--size", "32", "--count", "2", "--threads", "1"];

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-study").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_study_gives_its_numbers_as_JSON_and_a_folder_and_goes_on_with_the_models_it_has()
    {
        (int code, string output, string error) = await CommandLine.RunAsync(["study", "auxiliary-losses", "--out", _folder, "--json", "-", .. Tiny]);
        Assert.True(code == 0, error);
        Assert.Equal(["training base", "training no-auxiliary-losses"], error.TrimEnd().Split(Environment.NewLine));
        JsonElement json = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.Equal(["study", "question", "paper", "finding", "settings", "tables", "figures"], json.EnumerateObject().Select(property => property.Name));
        Assert.Equal("auxiliary-losses", json.GetProperty("study").GetString());
        Assert.Equal(10, json.GetProperty("settings").GetProperty("steps").GetInt32());
        JsonElement table = json.GetProperty("tables")[0];
        int columns = table.GetProperty("columns").GetArrayLength();
        Assert.Equal(["with", "without"], table.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("label").GetString()));
        Assert.All(table.GetProperty("rows").EnumerateArray(), row => Assert.Equal(columns, row.GetProperty("values").GetArrayLength()));
        string study = Path.Combine(_folder, "auxiliary-losses");
        Assert.Equal(["report.html", "study.json", "study.md", "table.csv"], Directory.GetFiles(study).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(Path.Combine(study, json.GetProperty("figures")[0].GetProperty("file").GetString()!)));
        Assert.Equal(output, await File.ReadAllTextAsync(Path.Combine(study, "study.json")));

        // Another study in the folder has its base already, and one that was done is not done again.
        (code, output, error) = await CommandLine.RunAsync(["study", "losses", "--out", _folder, .. Tiny]);
        Assert.True(code == 0, error);
        Assert.Equal(["training no-giou-loss", "training no-l1-loss"], error.TrimEnd().Split(Environment.NewLine));
        Assert.Contains("has hardly learnt", output, StringComparison.Ordinal);

        (code, _, error) = await CommandLine.RunAsync(["study", "losses", "--out", _folder, .. Tiny, "--seed", "2"]);
        Assert.Equal(1, code);
        Assert.Contains("seed 1, and not of", Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("study everything", "There is no study everything; there are layers, queries")]
    [InlineData("study losses --steps 15", "A training of 15 steps")]
    [InlineData("study losses --batch-size 0", "of 0 scenes cannot be done")]
    [InlineData("study losses --size 2000", "Scenes of 2000 pixels")]
    [InlineData("study losses --count 0", "--count, --seeds and --threads are at least 1")]
    [InlineData("study convergence --seeds 0", "--count, --seeds and --threads are at least 1")]
    [InlineData("study losses --threads 0", "--count, --seeds and --threads are at least 1")]
    [InlineData("study layers --weights nowhere.safetensors", "nowhere.safetensors")]
    public async Task What_makes_no_sense_is_one_sentence(string line, string said)
    {
        (int code, string output, string error) = await CommandLine.RunAsync([.. line.Split(' '), "--out", Path.Combine(_folder, "none")]);
        Assert.True(code == 1, error);
        Assert.Empty(output);
        Assert.Contains(said, Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }
}
