using System.Text.Json;

namespace Detr.Cli.Tests;

/// <summary><c>detr data</c>: sound data, bad data, and the pictures.</summary>
public sealed class DataCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-cli").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sound_data_have_figures_and_pictures()
    {
        await CommandLine.RunAsync("shapes", "--out", _folder, "--count", "5", "--size", "64");
        await CommandLine.RunAsync("shapes", "--out", _folder, "--count", "3", "--size", "64", "--split", "val", "--seed", "2");
        string pictures = Path.Combine(_folder, "pictures");
        (int code, string output, string error) = await CommandLine.RunAsync("data", _folder, "--json", "-", "--out", pictures, "--size", "64", "--mosaic", "0.5", "--color-jitter", "0.4");
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal("coco", json.RootElement.GetProperty("format").GetString());
        Assert.Equal(5, json.RootElement.GetProperty("splits").GetProperty("train").GetProperty("images").GetInt32());
        Assert.Equal(12, json.RootElement.GetProperty("splits").GetProperty("val").GetProperty("categories").GetArrayLength());
        Assert.Equal(["train-figures.png", "train-samples.png", "val-figures.png", "val-samples.png"], Directory.GetFiles(pictures).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Bad_data_are_named_by_line_and_end_with_one()
    {
        Write("data.yaml", "train: images/train\nval: images/val\nnames: [cat, dog]\n");
        await CommandLine.RunAsync("shapes", "--out", _folder, "--count", "2", "--size", "64");
        Directory.CreateDirectory(Path.Combine(_folder, "images"));
        Directory.Move(Path.Combine(_folder, "train"), Path.Combine(_folder, "images", "train"));
        Directory.Delete(Path.Combine(_folder, "annotations"), recursive: true);
        Write("labels/train/000001.txt", "0 0.5 0.5 0.2 0.2\n7 0.5 0.5 0.2 0.2\n");
        Directory.CreateDirectory(Path.Combine(_folder, "images", "val"));
        File.Copy(Path.Combine(_folder, "images", "train", "000001.png"), Path.Combine(_folder, "images", "val", "x.png"));
        Write("labels/val/x.txt", "0 0.5 0.5 0.2 0\n");
        (int code, string output, _) = await CommandLine.RunAsync("data", _folder);
        Assert.Equal(1, code);
        Assert.Contains("line 2 of labels/train/000001.txt is of class 7", output, StringComparison.Ordinal);
        Assert.Contains("annotation 1 on images/val/x.png has no area", output, StringComparison.Ordinal);
        Assert.Contains("images/val/x.png of val and images/train/000001.png of train are the same picture", output, StringComparison.Ordinal);

        (code, _, string error) = await CommandLine.RunAsync("train", "--data", _folder, "--out", Path.Combine(_folder, "run"));
        Assert.Equal(1, code);
        Assert.Contains("class 7", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data nowhere", "nowhere")]
    [InlineData("data . --samples 0", "--samples")]
    [InlineData("data . --split ../x", "../x")]
    public async Task Bad_input_ends_with_one_and_one_sentence(string line, string named)
    {
        (int code, _, string error) = await CommandLine.RunAsync(line.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(named, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
