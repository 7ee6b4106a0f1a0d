using System.Text.Json.Nodes;
using Detr.Data;
using Detr.Models;

namespace Detr.Cli.Tests;

/// <summary>DETR's successors from the command line: what works for DETR works for them.</summary>
public sealed class FamilyCommandTests : IDisposable
{
    private static readonly string[] Tiny =
    [
        "--count", "4", "--batch-size", "2", "--epochs", "1", "--evaluations", "0", "--scene-size", "64", "--backbone-width", "4", "--hidden-dim", "32", "--nheads", "2",
        "--enc-layers", "1", "--dec-layers", "2", "--dim-feedforward", "16", "--num-queries", "20", "--threads", "1",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-family").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("conditional-detr", DetrVariant.ConditionalDetr, 20, "loss_ce_0", false)]
    [InlineData("dn-detr --num-patterns 2", DetrVariant.DnDetr, 40, "tgt_loss_ce", false)]
    [InlineData("deformable-detr --two-stage", DetrVariant.DeformableDetr, 20, "loss_giou_enc", true)]
    [InlineData("deformable-detr", DetrVariant.DeformableDetr, 20, "loss_giou_cells", true)]
    [InlineData("dino", DetrVariant.Dino, 20, "loss_bbox_dn_0", false)]
    public async Task A_successor_trains_and_its_file_detects(string model, DetrVariant variant, int answers, string loss, bool trainsCells)
    {
        (int code, string output, string error) = await TrainAsync(["--model", .. model.Split(' '), .. Tiny]);
        Assert.True(code == 0, error);
        Assert.Contains($"Planned: {model.Split(' ')[0]}, 2 steps", output, StringComparison.Ordinal);
        Assert.Equal(trainsCells, output.Contains("the encoder's cells trained too", StringComparison.Ordinal));
        JsonNode epoch = JsonNode.Parse(File.ReadAllLines(Path.Combine(_folder, "run", "log.txt"))[0])!;
        Assert.True((double)epoch[$"train_{loss}"]! > 0);
        string weights = Path.Combine(_folder, "run", "model.safetensors");
        Assert.Equal(variant, ModelFile.Load(weights).Model.Options.Variant);

        await CommandLine.RunAsync("shapes", "--out", _folder, "--split", "val", "--count", "1", "--size", "64", "--seed", "3");
        string picture = Directory.EnumerateFiles(_folder, "*.png", SearchOption.AllDirectories).First(path => !path.Contains("run", StringComparison.Ordinal));
        (code, output, error) = await CommandLine.RunAsync("detect", picture, "--weights", weights, "--threshold", "0", "--json", "-");
        Assert.True(code == 0, error);
        JsonArray detections = (JsonArray)JsonNode.Parse(output)![0]!["detections"]!;
        Assert.Equal(Enumerable.Range(0, answers), detections.Select(detection => (int)detection!["query"]!));
    }

    [Theory]
    [InlineData("", true, 2, true)]
    [InlineData("--with-box-refine false --query-init random --num-feature-levels 3", false, 3, false)]
    [InlineData("--with-box-refine --num-feature-levels 1", true, 1, true)]
    public async Task Deformable_DETR_begins_as_measured_unless_told_otherwise(string options, bool refines, int levels, bool isSpread)
    {
        (int code, _, string error) = await TrainAsync(["--model", "deformable-detr", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. Tiny, "--lr", "1e-12"]);
        Assert.True(code == 0, error);
        DetrModel model = ModelFile.Load(Path.Combine(_folder, "run", "model.safetensors")).Model;
        Assert.Equal((refines, levels), (model.Options.Deformable.BoxRefinement, model.Options.Deformable.Levels));

        // A head that copies two channels of what queries begin as.
        float[] head = model.Parameters["transformer.reference_points.weight"].ToArray();
        Assert.Equal(isSpread, head.Count(weight => Math.Abs(weight) > 1e-3f) == 2);
    }

    [Theory]
    [InlineData("--model yolo", "conditional-detr")]
    [InlineData("--model dab-detr --two-stage", "--two-stage")]
    [InlineData("--model dino --num-patterns 3", "--num-patterns")]
    [InlineData("--num-feature-levels 2", "--num-feature-levels")]
    [InlineData("--model dab-detr --query-init spread", "--query-init")]
    [InlineData("--model deformable-detr --two-stage --query-init spread", "--query-init")]
    [InlineData("--model dino --with-box-refine", "--with-box-refine")]
    [InlineData("--model dn-detr --focal-alpha 2", "--focal-alpha")]
    [InlineData("--model conditional-detr --pre-norm", "--pre-norm")]
    public async Task Options_of_another_detector_are_named(string options, string named)
    {
        (int code, _, string error) = await TrainAsync([.. options.Split(' '), .. Tiny]);
        Assert.Equal(1, code);
        Assert.Contains(named, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_of_maps_refuses_models_that_sample_and_heads_go_off_all_the_same()
    {
        string weights = Save(DetrVariant.Dino);
        await CommandLine.RunAsync("shapes", "--out", _folder, "--split", "val", "--count", "1", "--size", "64", "--seed", "3");
        string picture = Directory.EnumerateFiles(_folder, "*.png", SearchOption.AllDirectories).First();
        (int refused, _, string reason) = await CommandLine.RunAsync("heads", picture, "--sweep", "--weights", weights);
        Assert.Equal(1, refused);
        Assert.Contains("A dino samples", Assert.Single(reason.Trim().Split('\n')), StringComparison.Ordinal);

        (int code, _, string error) = await CommandLine.RunAsync("heads", picture, "--weights", weights, "--off", "decoder.cross:all:0", "encoder.self:0:1", "--json", "-");
        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task A_pretrained_model_says_what_it_is()
    {
        string path = Save(DetrVariant.Detr);
        (int code, _, string error) = await TrainAsync(["--model", "dino", "--pretrained", path, "--count", "4", "--batch-size", "2", "--scene-size", "32"]);
        Assert.Equal(1, code);
        Assert.Contains("is a detr and no dino", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private string Save(DetrVariant variant)
    {
        string path = Path.Combine(_folder, "plain.safetensors");
        DetrModel model = new(new DetrOptions
        {
            Variant = variant, Backbone = BackboneOptions.FromName("small") with { Width = 4 }, Queries = 5, Classes = 12,
            Transformer = new TransformerOptions { Channels = 16, Heads = 2, EncoderLayers = 1, DecoderLayers = 1, FeedForward = 16 },
        });
        ModelFile.Save(path, model, new ShapesDataset(1, 1, new ShapesOptions()).Categories);
        return path;
    }

    private Task<(int ExitCode, string Output, string Error)> TrainAsync(string[] arguments) => CommandLine.RunAsync(["train", "--out", Path.Combine(_folder, "run"), .. arguments]);
}
