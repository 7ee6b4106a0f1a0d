using System.Text.Json;
using Detr.Data;
using Detr.Models;

namespace Detr.Cli.Tests;

/// <summary>Commands, right and wrong.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-cli").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Help_names_every_command()
    {
        (int code, string output, _) = await CommandLine.RunAsync("--help");
        Assert.Equal(0, code);
        Assert.All(new[] { "demo", "detect", "shapes", "data", "train", "eval", "score", "convert", "export" }, name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("shapes --out x --count many")]
    [InlineData("eval")]
    [InlineData("convert --weights x.safetensors --out y.safetensors --int8")]
    [InlineData("convert --weights x.safetensors --out y.safetensors --calibrate shapes")]
    public async Task Wrong_usage_ends_with_two(string line)
    {
        (int code, _, string error) = await CommandLine.RunAsync(line.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains("--help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eval --weights nowhere.safetensors", "nowhere.safetensors")]
    [InlineData("demo --threshold 7", "--threshold 7")]
    [InlineData("detect a.png --weights nowhere.safetensors --threshold 7", "--threshold 7")]
    [InlineData("detect nothing-here.png --weights nowhere.safetensors", "nothing-here.png")]
    [InlineData("detect nothing*.png --weights nowhere.safetensors", "nothing*.png")]
    [InlineData("train --out x --data nowhere", "nowhere")]
    [InlineData("train --out x --count 4 --batch-size 8", "--batch-size")]
    [InlineData("train --out x --hidden-dim 30", "--hidden-dim 30")]
    [InlineData("eval --weights nowhere.safetensors --split holdout", "holdout")]
    [InlineData("score --ground-truth nowhere.json --detections x.json", "nowhere.json")]
    [InlineData("convert --weights nowhere.safetensors --out x.safetensors", "nowhere.safetensors")]
    [InlineData("convert --weights x.safetensors --out y.safetensors --int8 --calibrate no-pictures-here", "no-pictures-here")]
    public async Task Bad_input_ends_with_one_and_one_sentence(string line, string named)
    {
        (int code, _, string error) = await CommandLine.RunAsync(line.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Shapes_are_a_data_set_in_cocos_format()
    {
        (int code, _, _) = await CommandLine.RunAsync("shapes", "--out", _folder, "--count", "3", "--seed", "4", "--size", "64");
        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "annotations", "instances_train.json")));
        Assert.Equal(12, json.RootElement.GetProperty("categories").GetArrayLength());
        HashSet<long> images = [];
        foreach (JsonElement image in json.RootElement.GetProperty("images").EnumerateArray())
        {
            images.Add(image.GetProperty("id").GetInt64());
            Assert.True(File.Exists(Path.Combine(_folder, "train", image.GetProperty("file_name").GetString()!)));
        }

        Assert.Equal(3, images.Count);
        Assert.All(json.RootElement.GetProperty("annotations").EnumerateArray(), annotation => Assert.Contains(annotation.GetProperty("image_id").GetInt64(), images));
    }

    [Fact]
    public async Task A_converted_model_finds_what_it_found_before()
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, "Assets", "shapes.safetensors"), converted = Path.Combine(_folder, "converted", "model.safetensors");
        (int code, _, string error) = await CommandLine.RunAsync("convert", "--weights", shipped, "--out", converted, "--half");
        Assert.True(code == 0, error);
        Assert.InRange(new FileInfo(converted).Length, 1, 5_000_000);
        Assert.Equal(await EvaluateAsync(shipped), await EvaluateAsync(converted));
        Assert.Equal(1, (await CommandLine.RunAsync("convert", "--weights", shipped, "--out", Path.Combine(_folder, "model.txt"))).ExitCode);

        async Task<string> EvaluateAsync(string weights) => (await CommandLine.RunAsync("eval", "--weights", weights, "--count", "4", "--json", "-")).Output;
    }

    [Fact]
    public async Task A_model_that_the_reference_cannot_make_is_converted_with_a_warning()
    {
        DetrOptions options = new()
        {
            Backbone = BackboneOptions.FromName("resnet18"), Transformer = new TransformerOptions { Channels = 32, Heads = 1, EncoderLayers = 1, DecoderLayers = 1, FeedForward = 8 }, Classes = 2, Queries = 3,
        };
        Assert.Empty(await ConvertAsync(options));
        string warning = await ConvertAsync(options with { Transformer = options.Transformer with { PositionAt = PositionPlacement.Both } });
        Assert.StartsWith("model.pth loads in PyTorch, but the reference's program would make another model of it: positions are added", warning, StringComparison.Ordinal);
        Assert.Single(warning.Trim().Split('\n'));

        async Task<string> ConvertAsync(DetrOptions model)
        {
            string path = Path.Combine(_folder, "model.safetensors");
            ModelFile.Save(path, new DetrModel(model), []);
            (int code, _, string error) = await CommandLine.RunAsync("convert", "--weights", path, "--out", Path.Combine(_folder, "model.pth"));
            Assert.True(code == 0, error);
            return error;
        }
    }

    [Fact]
    public async Task Eight_bits_find_nearly_what_single_precision_finds()
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, "Assets", "shapes.safetensors"), converted = Path.Combine(_folder, "eight.safetensors");
        (int code, _, string error) = await CommandLine.RunAsync("convert", "--weights", shipped, "--out", converted, "--half", "--int8", "--calibrate", "shapes");
        Assert.True(code == 0, error);
        Assert.True(new FileInfo(converted).Length < 0.8 * new FileInfo(shipped).Length);
        double whole = await PrecisionAsync(shipped);
        Assert.InRange(await PrecisionAsync(converted), whole - 0.02, whole + 0.02);

        async Task<double> PrecisionAsync(string weights)
        {
            using JsonDocument json = JsonDocument.Parse((await CommandLine.RunAsync("eval", "--weights", weights, "--count", "40", "--json", "-")).Output);
            return json.RootElement.GetProperty("bbox").GetProperty("AP").GetDouble();
        }
    }

    [Fact]
    public async Task An_evaluation_prints_each_categorys_figures_and_what_was_taken_for_what()
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, "Assets", "shapes.safetensors");
        (int code, string output, string error) = await CommandLine.RunAsync("eval", "--weights", shipped, "--count", "1");
        Assert.True(code == 0, error);
        Assert.All(new ShapesDataset(1, 1, new ShapesOptions()).Categories, category => Assert.Equal(2, output.Split(category.Name).Length - 1));
        Assert.All(new[] { "APsmall", "AR100", "AP50", "F1", "is, taken for:", "background", "n/a: no ground truth" }, text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_measurement_in_eight_bits_says_so()
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, "Assets", "shapes.safetensors");
        (int code, string output, string error) = await CommandLine.RunAsync("bench", "--weights", shipped, "--size", "64x64", "--runs", "1", "--warmup", "0", "--int8", "--json", "-");
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.InRange(json.RootElement.GetProperty("ratio").GetDouble(), 0.01, 100);
        Assert.Equal("int8", json.RootElement.GetProperty("backbone").GetString());
    }

    [Fact]
    public async Task A_short_training_leaves_a_model_that_can_be_evaluated()
    {
        string run = Path.Combine(_folder, "run");
        (int code, _, string error) = await CommandLine.RunAsync(
            "train", "--out", run, "--count", "64", "--batch-size", "4", "--epochs", "1", "--validation-count", "8", "--scene-size", "64", "--backbone-width", "8", "--hidden-dim", "32");
        Assert.True(code == 0, error);
        (code, string output, _) = await CommandLine.RunAsync("eval", "--weights", Path.Combine(run, "model.safetensors"), "--count", "8", "--scene-size", "64", "--json", "-");
        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.InRange(json.RootElement.GetProperty("bbox").GetProperty("AP").GetDouble(), 0, 1);
        Assert.Equal(12, json.RootElement.GetProperty("per_category").EnumerateObject().Count());

        string pictures = Path.Combine(_folder, "pictures"), drawn = Path.Combine(_folder, "drawn");
        await CommandLine.RunAsync("shapes", "--out", pictures, "--count", "2", "--size", "64");
        (code, output, error) = await CommandLine.RunAsync(
            "detect", Path.Combine(pictures, "train"), "--weights", Path.Combine(run, "model.safetensors"), "--threshold", "0", "--size", "64", "--json", "-", "--out", drawn);
        Assert.True(code == 0, error);
        using JsonDocument detections = JsonDocument.Parse(output);
        Assert.Equal(2, detections.RootElement.GetArrayLength());
        foreach (JsonElement picture in detections.RootElement.EnumerateArray())
        {
            Assert.Equal(Enumerable.Range(0, 20), picture.GetProperty("detections").EnumerateArray().Select(detection => detection.GetProperty("query").GetInt32()));
        }

        Assert.Equal(2, Directory.GetFiles(drawn, "*.png").Length);
    }

    [Fact]
    public async Task A_folder_of_pictures_is_trained_on_and_a_run_goes_on()
    {
        string data = Path.Combine(_folder, "data"), run = Path.Combine(_folder, "run");
        await CommandLine.RunAsync("shapes", "--out", data, "--count", "8", "--size", "64");
        await CommandLine.RunAsync("shapes", "--out", data, "--count", "4", "--size", "64", "--seed", "9", "--split", "val");
        string[] train = ["train", "--data", data, "--out", run, "--batch-size", "4", "--size", "64", "--backbone-width", "8", "--hidden-dim", "32", "--evaluations", "1", "--mosaic", "0.5", "--color-jitter", "0.4", "--epochs"];
        (int code, string output, string error) = await CommandLine.RunAsync([.. train, "1"]);
        Assert.True(code == 0, error);
        Assert.Contains("8 pictures, 12 categories", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "samples.png")));

        (code, _, error) = await CommandLine.RunAsync([.. train, "1", "--resume"]);
        Assert.Equal(1, code);
        Assert.Contains("is over", error, StringComparison.Ordinal);
        (code, _, error) = await CommandLine.RunAsync([.. train, "2", "--resume"]);
        Assert.True(code == 0, error);
        Assert.Equal(2, File.ReadAllLines(Path.Combine(run, "log.txt")).Length);

        (code, output, error) = await CommandLine.RunAsync("train", "--data", data, "--out", Path.Combine(_folder, "tuned"), "--pretrained", Path.Combine(run, "best.safetensors"), "--batch-size", "4", "--epochs", "1");
        Assert.True(code == 0, error);
        Assert.Contains("dropped: none", output, StringComparison.Ordinal);

        string results = Path.Combine(_folder, "results");
        (code, output, error) = await CommandLine.RunAsync("eval", "--data", data, "--weights", Path.Combine(run, "checkpoint.safetensors"), "--json", "-", "--out", results);
        Assert.True(code == 0, error);
        Assert.True(JsonDocument.Parse(output).RootElement.TryGetProperty("bbox", out _));
        using JsonDocument detections = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(results, "detections.json")));
        Assert.Equal(4 * 20, detections.RootElement.GetArrayLength());

        string scored = Path.Combine(_folder, "scored");
        (code, string again, error) = await CommandLine.RunAsync(
            "score", "--ground-truth", Path.Combine(data, "annotations", "instances_val.json"), "--detections", Path.Combine(results, "detections.json"), "--images", Path.Combine(data, "val"), "--json", "-", "--out", scored);
        Assert.True(code == 0, error);
        Assert.Equal(JsonDocument.Parse(output).RootElement.GetProperty("confusion").ToString(), JsonDocument.Parse(again).RootElement.GetProperty("confusion").ToString());
        Assert.All(new[] { run, results, scored }, folder => Assert.Contains("data:image/jpeg", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Defects_of_the_data_are_named_before_training()
    {
        string data = Path.Combine(_folder, "data");
        await CommandLine.RunAsync("shapes", "--out", data, "--count", "3", "--size", "64");
        File.Delete(Path.Combine(data, "train", "000002.png"));
        (int code, _, string error) = await CommandLine.RunAsync("train", "--data", data, "--out", Path.Combine(_folder, "run"));
        Assert.Equal(1, code);
        Assert.Contains("000002.png", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }
}
