using System.Text.Json;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Cli.Tests;

/// <summary><c>detr detect</c> and <c>detr bench</c> with a small model of random weights, made for pictures of 64 pixels.</summary>
public sealed class DetectTests : IDisposable
{
    private const int Queries = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-detect").FullName;
    private readonly string _model;

    public DetectTests()
    {
        _model = Path.Combine(_folder, "model.safetensors");
        DetrModel model = new(new DetrOptions
        {
            Backbone = BackboneOptions.FromName("small") with { Width = 8 },
            Transformer = new TransformerOptions { Channels = 32, Heads = 4, EncoderLayers = 1, DecoderLayers = 1, FeedForward = 32 },
            Queries = Queries,
            Classes = 12,
            Size = 64,
            MaximumSize = 96,
        });
        DetrInitialization.Initialize(model, new RandomStream(3));
        ModelFile.Save(_model, model, new ShapesDataset(1, 1, new ShapesOptions()).Categories);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Broken_pictures_are_named_and_the_others_done()
    {
        string pictures = Path.Combine(_folder, "pictures"), drawn = Path.Combine(_folder, "drawn");
        byte[] scene = File.ReadAllBytes(Scene(pictures, "b.png"));
        File.WriteAllBytes(Path.Combine(pictures, "b.jpg"), scene);
        File.WriteAllBytes(Path.Combine(pictures, "a-empty.jpg"), []);
        File.WriteAllBytes(Path.Combine(pictures, "c-cut.png"), scene[..(scene.Length / 2)]);
        File.WriteAllText(Path.Combine(pictures, "d-text.bmp"), "no picture");
        File.WriteAllText(Path.Combine(pictures, "notes.txt"), "not looked at");

        (int code, string output, string error) = await CommandLine.RunAsync("detect", pictures, "--weights", _model, "--threshold", "0", "--json", "-", "--out", drawn);
        Assert.Equal(1, code);
        string[] said = error.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(3, said.Length);
        Assert.All(said.Zip(["a-empty.jpg", "c-cut.png", "d-text.bmp"]), pair => Assert.Contains(pair.Second, pair.First, StringComparison.Ordinal));
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(["b.jpg", "b.png"], json.RootElement.EnumerateArray().Select(picture => Path.GetFileName(picture.GetProperty("file").GetString())));
        Assert.All(json.RootElement.EnumerateArray(), picture => Assert.Equal(Queries, picture.GetProperty("detections").GetArrayLength()));
        Assert.Equal(["b-2.png", "b.png"], Directory.GetFiles(drawn).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pictures_are_brought_to_the_models_own_size_unless_another_is_given()
    {
        string picture = Scene(_folder, "scene.png");
        string own = await DetectionsAsync(picture), same = await DetectionsAsync(picture, "--size", "64"), other = await DetectionsAsync(picture, "--size", "96");
        Assert.Equal(own, same);
        Assert.NotEqual(own, other);
    }

    [Fact]
    public async Task Text_names_each_picture_and_ends_with_zero()
    {
        string picture = Scene(_folder, "scene.png");
        (int code, string output, string error) = await CommandLine.RunAsync("detect", picture, "--weights", _model, "--threshold", "0");
        Assert.True(code == 0, error);
        Assert.Empty(error);
        Assert.DoesNotContain('\e', output);
        string[] lines = output.TrimEnd().Split(Environment.NewLine);
        Assert.StartsWith($"{picture} 128 × 128, {Queries} objects", lines[0], StringComparison.Ordinal);
        Assert.Equal(1 + Queries, lines.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Timings_name_the_parts_of_each_picture_and_of_the_process(int threads)
    {
        string pictures = Path.Combine(_folder, "pictures");
        Scene(pictures, "a.png");
        Scene(pictures, "b.png");
        (int code, string output, string error) = await CommandLine.RunAsync("detect", pictures, "--weights", _model, "--threads", $"{threads}", "--json", "-", "--timings");
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(2, json.RootElement.GetArrayLength());
        Assert.All(json.RootElement.EnumerateArray(), picture => Assert.Equal(
            ["decode", "resize", "run", "detect", "draw"], picture.GetProperty("timings_ms").EnumerateObject().Select(part => part.Name)));
        string[] lines = error.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(["runtime", "command", "load", "decode", "detect", "draw", "write", "whole", "of"], lines.Select(line => line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("--threshold 1.5", "--threshold 1.5")]
    [InlineData("--threshold NaN", "--threshold NaN")]
    [InlineData("--size 0", "--size")]
    [InlineData("--max-size 100000", "--max-size")]
    [InlineData("--threads 0", "--threads")]
    [InlineData("--json .", "--json .")]
    public async Task Options_that_make_no_sense_are_one_sentence(string options, string named)
    {
        (int code, string output, string error) = await CommandLine.RunAsync(["detect", Scene(_folder, "scene.png"), "--weights", _model, .. options.Split(' ')]);
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains(named, Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_pictures_is_said_to_be_one()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        (int code, _, string error) = await CommandLine.RunAsync("detect", empty, "--weights", _model);
        Assert.Equal(1, code);
        Assert.Contains($"{empty} has no pictures", Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_measures_what_it_is_told_to()
    {
        (int code, string output, string error) = await CommandLine.RunAsync("bench", "--weights", _model, "--size", "64x96", "--threads", "1", "--runs", "4", "--warmup", "1", "--json", "-");
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement result = json.RootElement;
        double[] runs = [.. result.GetProperty("runs_ms").EnumerateArray().Select(run => run.GetDouble()).Order()];
        Assert.Equal(4, runs.Length);
        Assert.Equal(runs[0], result.GetProperty("min_ms").GetDouble());
        Assert.Equal((runs[1] + runs[2]) / 2, result.GetProperty("median_ms").GetDouble(), 2e-3);
        Assert.Equal([64, 96], result.GetProperty("size").EnumerateArray().Select(side => side.GetInt32()));
        Assert.Equal(1, result.GetProperty("threads").GetInt32());
        Assert.All((string[])["backbone_ms", "encoder_ms", "decoder_ms"], part => Assert.InRange(result.GetProperty(part).GetDouble(), 0, runs[3]));
        Assert.True(result.GetProperty("gflops").GetDouble() > 0);
        Assert.InRange(result.GetProperty("peak_mb").GetDouble(), 10, 10_000);
    }

    [Theory]
    [InlineData("--size 800", "--size 800")]
    [InlineData("--size 800x0", "800x0")]
    [InlineData("--size 99999x1", "99999x1")]
    [InlineData("--runs 0", "--runs")]
    [InlineData("--warmup -1", "--warmup")]
    [InlineData("--model resnet50", "detr_resnet50_dc5")]
    [InlineData("--model resnet50", "dino")]
    public async Task Bench_refuses_what_makes_no_sense_in_one_sentence(string options, string named)
    {
        (int code, string output, string error) = await CommandLine.RunAsync(["bench", .. options.Split(' ')]);
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains(named, Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    private static string Scene(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name);
        PngFile.Write(new ShapesDataset(1, 5, new ShapesOptions { Size = 128 }).Load(0), path);
        return path;
    }

    private async Task<string> DetectionsAsync(string picture, params string[] options)
    {
        (int code, string output, string error) = await CommandLine.RunAsync(["detect", picture, "--weights", _model, "--threshold", "0", "--json", "-", .. options]);
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        return json.RootElement[0].GetProperty("detections").GetRawText();
    }
}
