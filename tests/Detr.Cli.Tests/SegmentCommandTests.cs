using System.Text.Json;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Cli.Tests;

/// <summary><c>detr segment</c> with a small model of random weights.</summary>
public sealed class SegmentCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-segment").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Segments_go_to_json_pictures_and_cocos_format()
    {
        string model = Model("masks", masks: true), output = Path.Combine(_folder, "cut");
        string scene = Scene("scene.png");
        File.WriteAllText(Path.Combine(_folder, "broken.png"), "no picture");
        (int code, string text, string error) = await CommandLine.RunAsync("segment", scene, Path.Combine(_folder, "broken.png"), "--weights", model, "--threshold", "0", "--json", "-", "--out", output);
        Assert.Equal(1, code);
        Assert.Contains("broken.png", Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(text);
        JsonElement picture = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal((64, 64), (picture.GetProperty("width").GetInt32(), picture.GetProperty("height").GetInt32()));
        JsonElement[] segments = [.. picture.GetProperty("segments").EnumerateArray()];
        Assert.NotEmpty(segments);

        PanopticMap map = PanopticPng.Read(Path.Combine(output, "panoptic", "scene.png"));
        Assert.Equal((64, 64), (map.Width, map.Height));
        Assert.Equal(segments.Select(segment => (segment.GetProperty("id").GetInt32(), segment.GetProperty("area").GetInt64())), map.Ids.Where(id => id > 0).GroupBy(id => id).OrderBy(group => group.Key).Select(group => (group.Key, (long)group.Count())));
        using JsonDocument coco = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output, "panoptic.json")));
        JsonElement annotation = Assert.Single(coco.RootElement.GetProperty("annotations").EnumerateArray());
        Assert.Equal("scene.png", annotation.GetProperty("file_name").GetString());
        Assert.Equal(segments.Length, annotation.GetProperty("segments_info").GetArrayLength());
        Assert.True(File.Exists(Path.Combine(output, "scene.png")));
    }

    [Fact]
    public async Task A_model_without_masks_is_refused_in_one_sentence_and_one_with_masks_detects()
    {
        (int code, string output, string error) = await CommandLine.RunAsync("segment", Scene("scene.png"), "--weights", Model("boxes", masks: false));
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains("makes no masks", Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
        string masks = Model("masks", masks: true);
        Assert.Equal(0, (await CommandLine.RunAsync("detect", Scene("scene.png"), "--weights", masks, "--threshold", "0")).ExitCode);
        (code, _, error) = await CommandLine.RunAsync("export", "--weights", masks, "--onnx", Path.Combine(_folder, "detector.onnx"));
        Assert.Equal(0, code);
        Assert.Contains("without its mask head", Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
        (code, output, error) = await CommandLine.RunAsync("bench", "--weights", masks, "--size", "32x48", "--runs", "1", "--warmup", "0", "--threads", "1", "--json", "-");
        Assert.True(code == 0, error);
        Assert.Contains("median_ms", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_stages_of_training_make_a_model_that_segments()
    {
        string[] tiny =
        [
            "--scene-size", "32", "--backbone-width", "4", "--hidden-dim", "16", "--enc-layers", "1", "--dec-layers", "1", "--dim-feedforward", "16", "--threads", "1",
            "--count", "4", "--batch-size", "2", "--epochs", "1", "--evaluations", "0",
        ];
        string boxes = Path.Combine(_folder, "boxes"), masks = Path.Combine(_folder, "run"), both = Path.Combine(_folder, "both");
        await TrainAsync([.. tiny, "--out", boxes]);
        string detector = Path.Combine(boxes, "model.safetensors");
        string[] second = ["--scene-size", "32", "--threads", "1", "--count", "4", "--batch-size", "2", "--validation-count", "3", "--masks", "--frozen-weights", detector, "--out", masks];
        await TrainAsync([.. second, "--epochs", "1"]);
        await TrainAsync([.. second, "--epochs", "2", "--resume"]);
        DetrModel before = ModelFile.Load(detector).Model, after = ModelFile.Load(Path.Combine(masks, "model.safetensors")).Model;
        Assert.All(before.Parameters, parameter => Assert.Equal(parameter.ToArray(), after.Parameters[after.Prefix + parameter.Name].ToArray()));
        Assert.Contains("test_PQ_all", File.ReadAllText(Path.Combine(masks, "log.txt")), StringComparison.Ordinal);
        Assert.NotNull(ModelFile.Load(Path.Combine(masks, "best.safetensors")).Model.MaskHead);
        Assert.Contains("\"panoptic\"", File.ReadAllText(Path.Combine(masks, "evaluation.json")), StringComparison.Ordinal);
        Assert.Contains("\"train_loss_dice\":", File.ReadAllText(Path.Combine(masks, "log.txt")), StringComparison.Ordinal);
        Assert.Equal(0, (await CommandLine.RunAsync("segment", Scene("scene.png"), "--weights", Path.Combine(masks, "model.safetensors"))).ExitCode);

        (int code, string json, string error) = await CommandLine.RunAsync("eval", "--scene-size", "32", "--count", "3", "--threads", "1", "--weights", Path.Combine(masks, "model.safetensors"), "--json", "-");
        Assert.True(code == 0, error);
        using (JsonDocument evaluation = JsonDocument.Parse(json))
        {
            Assert.NotEqual(0, evaluation.RootElement.GetProperty("panoptic").GetProperty("per_class").EnumerateObject().Sum(item => item.Value.GetProperty("fn").GetInt32()));
        }

        string scored = Path.Combine(_folder, "scored");
        (code, json, error) = await CommandLine.RunAsync("eval", "--scene-size", "32", "--count", "3", "--threads", "1", "--weights", Path.Combine(masks, "model.safetensors"), "--type", "segm", "--json", "-", "--out", scored);
        Assert.True(code == 0, error);
        Assert.Contains("\"segm\"", json, StringComparison.Ordinal);
        Assert.Contains("\"segmentation\"", File.ReadAllText(Path.Combine(scored, "detections.json")), StringComparison.Ordinal);
        Assert.Equal(1, (await CommandLine.RunAsync("eval", "--scene-size", "32", "--count", "3", "--weights", detector, "--type", "segm")).ExitCode);

        await TrainAsync([.. tiny, "--masks", "--out", both]);
        Assert.NotNull(ModelFile.Load(Path.Combine(both, "model.safetensors")).Model.MaskHead);
        (code, _, error) = await CommandLine.RunAsync(["train", .. tiny, "--out", Path.Combine(_folder, "none"), "--frozen-weights", detector]);
        Assert.Equal(1, code);
        Assert.Contains("give --masks", Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    private static async Task TrainAsync(string[] arguments)
    {
        (int code, _, string error) = await CommandLine.RunAsync(["train", .. arguments]);
        Assert.True(code == 0, error);
    }

    private string Scene(string name)
    {
        string path = Path.Combine(_folder, name);
        PngFile.Write(new ShapesDataset(1, 1, new ShapesOptions { Size = 64 }).Load(0), path);
        return path;
    }

    private string Model(string name, bool masks)
    {
        DetrModel model = new(new DetrOptions
        {
            Backbone = BackboneOptions.FromName("small") with { Width = 8 },
            Transformer = new TransformerOptions { Channels = 32, Heads = 4, EncoderLayers = 1, DecoderLayers = 1, FeedForward = 32 },
            Queries = 5,
            Classes = 12,
            Masks = masks,
            Size = 64,
            MaximumSize = 96,
        });
        DetrInitialization.Initialize(model, new RandomStream(3));

        // Without this a model of random weights may see nothing anywhere, which leaves nothing to segment.
        Parameter bias = model.Parameters[$"{model.Prefix}class_embed.bias"];
        bias.Write([.. bias.ToArray()[..^1], -10f]);
        string path = Path.Combine(_folder, $"{name}.safetensors");
        ModelFile.Save(path, model, new ShapesDataset(1, 1, new ShapesOptions()).Categories);
        return path;
    }
}
