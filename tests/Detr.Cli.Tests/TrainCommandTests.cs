using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Cli.Tests;

/// <summary>What users of DETR stumble on in training: each is said in time, and in one sentence.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private static readonly string[] Tiny =
    [
        "--scene-size", "32", "--backbone-width", "4", "--hidden-dim", "16", "--enc-layers", "1", "--dec-layers", "1", "--dim-feedforward", "16", "--threads", "1",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-train").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_plan_is_printed_and_a_small_one_from_scratch_is_warned_of()
    {
        await ShapesAsync("train", 8, 1);
        (int code, string output, string error) = await TrainAsync("plan", "--data", _folder, "--size", "32", "--epochs", "2", "--batch-size", "2", "--accumulate", "2", "--schedule", "cosine", "--ema-decay", "0");
        Assert.True(code == 0, error);
        Assert.Contains("Planned: 4 steps, 2 epochs of 2, 2 batches of 2 a step, learning rate 0.0003 (backbone 0.0003), falling along a cosine, 1 steps of warm-up, weights not averaged, the encoder's cells trained too (factor 1).", output, StringComparison.Ordinal);
        Assert.Contains("From scratch, 4 steps are too few for DETR", error, StringComparison.Ordinal);

        // All queries of a fresh model give nearly the same box, which is no collapse.
        Assert.DoesNotContain("collapsed", error, StringComparison.Ordinal);
        Assert.All(Log("plan"), epoch => Assert.InRange((double)epoch["train_box_spread"]!, 0, 0.01));
        Assert.False(File.Exists(Path.Combine(Run("plan"), "averaged.safetensors")));
    }

    [Fact]
    public void Defaults_follow_the_data_or_the_reference()
    {
        ShapesDataset scenes = new(4, 1, new ShapesOptions());
        Assert.Equal((16, 8, 4, 2, 2), (Batch(20000, true, false), Batch(3000, false, false), Batch(300, false, false), Batch(300, false, true), Batch(300, false, false, reference: true)));
        Assert.Equal(scenes.Count, Batch(scenes.Count, false, false));
        Training.TrainingSituation few = new(200, false, false, false), many = few with { Pictures = 118_000 }, reference = many with { IsReference = true };
        Assert.Equal(400, few.Epochs(200 / few.BatchSize));
        Assert.Equal((LearningRateSchedule.Cosine, 0.999f, 1f), (few.Schedule, few.AverageDecay, few.EncoderLoss));
        Assert.Equal((LearningRateSchedule.Step, 0.9997f, 1f), (many.Schedule, many.AverageDecay, many.EncoderLoss));
        Assert.Equal((LearningRateSchedule.Step, 0f), ((few with { IsPretrained = true }).Schedule, (few with { IsPretrained = true }).EncoderLoss));
        Assert.Equal(10, many.Epochs(118_000 / many.BatchSize));
        Assert.Equal((300, 200, 0, 0f, 1e-4f, 1e-5f), (reference.Epochs(59_000), reference.DropEpoch(300), reference.WarmupSteps(1), reference.AverageDecay, reference.LearningRate, reference.BackboneLearningRate(1e-4f)));
        Assert.Equal((LearningRateSchedule.Step, 0f), (reference.Schedule, reference.EncoderLoss));
        Training.TrainingSituation deformable = few with { Variant = DetrVariant.DeformableDetr };
        Assert.Equal((8e-4f, 1f), (deformable.LearningRate, deformable.EncoderLoss));
        Assert.Equal((3e-4f, 0f), ((few with { Variant = DetrVariant.Dino }).LearningRate, (few with { Variant = DetrVariant.Dino }).EncoderLoss));
        Assert.Equal((2e-4f, 0f), ((deformable with { IsReference = true }).LearningRate, (deformable with { IsReference = true }).EncoderLoss));
        Assert.Equal((1e-4f, 0f), ((deformable with { IsPretrained = true }).LearningRate, (deformable with { IsPretrained = true }).EncoderLoss));

        static int Batch(int pictures, bool generated, bool pretrained, bool reference = false) => new Training.TrainingSituation(pictures, generated, pretrained, reference).BatchSize;
    }

    [Fact]
    public void Few_photographs_from_scratch_are_warned_of()
    {
        Training.TrainingSituation few = new(200, false, false, false);
        Training.TrainingPlan plan = new(few, 4, 50, 0.999f, new CriterionOptions { EncoderLoss = 1 }, new TrainingOptions { Epochs = 400 });
        Assert.StartsWith("From scratch, 200 pictures are few: --model deformable-detr", plan.Warning, StringComparison.Ordinal);
        Assert.All(
            new[] { few with { Pictures = 1000 }, few with { IsGenerated = true }, few with { IsPretrained = true }, few with { Variant = DetrVariant.DeformableDetr } },
            situation => Assert.Null((plan with { Situation = situation }).Warning));
    }

    [Fact]
    public async Task A_run_is_not_lost_by_forgetting_to_resume_it()
    {
        string[] train = ["--count", "4", "--batch-size", "2", "--epochs", "1", "--evaluations", "0", .. Tiny];
        Assert.Equal(0, (await TrainAsync("kept", train)).ExitCode);
        (int code, _, string error) = await TrainAsync("kept", train);
        Assert.Equal(1, code);
        Assert.Contains("--resume", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
        (code, _, error) = await TrainAsync("kept", [.. train, "--resume"]);
        Assert.Equal(1, code);
        Assert.Contains("give more --epochs", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(0, (await TrainAsync("kept", [.. train, "--overwrite"])).ExitCode);
    }

    [Fact]
    public async Task A_run_that_goes_on_names_what_is_other_than_before_and_refuses_what_breaks_it()
    {
        string[] train = ["--count", "4", "--batch-size", "2", "--evaluations", "0", .. Tiny, "--epochs"];
        Assert.Equal(0, (await TrainAsync("begun", [.. train, "1", "--lr", "1e-3", "--seed", "7"])).ExitCode);
        (int code, _, string error) = await TrainAsync("begun", [.. train, "2", "--lr", "1e-3", "--resume"]);
        Assert.Equal(1, code);
        Assert.Contains("begun with --seed 7, and not with 42", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
        string[] slower = ["--lr", "1e-4", "--seed", "7", "--resume"];
        (code, _, error) = await TrainAsync("begun", [.. train, "2", .. slower]);
        Assert.True(code == 0, error);
        Assert.Contains("goes on with other options than it has had so far: --lr 0.0001 (was 0.001), --lr-backbone 0.0001 (was 0.001);", error, StringComparison.Ordinal);
        (code, _, error) = await TrainAsync("begun", [.. train, "3", .. slower]);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("other options", error, StringComparison.Ordinal);
        Assert.Equal(3, Log("begun").Count);
    }

    [Fact]
    public async Task A_run_goes_on_with_its_frozen_parts_and_its_categories_alone()
    {
        string path = Path.Combine(_folder, "small.safetensors");
        ModelFile.Save(path, Model(), []);
        string[] train = ["--count", "4", "--batch-size", "2", "--evaluations", "0", "--scene-size", "32", "--threads", "1", "--pretrained", path, "--epochs"];
        (int code, _, string error) = await TrainAsync("strict", [.. train, "1", "--freeze", "backbone"]);
        Assert.True(code == 0, error);
        (code, _, error) = await TrainAsync("strict", [.. train, "2", "--resume"]);
        Assert.Equal(1, code);
        Assert.Contains("resume with the same parts frozen", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
        (code, _, error) = await TrainAsync("strict", [.. train, "2", "--freeze", "backbone", "--resume", "--data", "shapes:new"]);
        Assert.Equal(1, code);
        Assert.Contains("other categories", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Padding_of_dilated_models_is_warned_of()
    {
        (int code, _, string error) = await TrainAsync("dilated", ["--count", "4", "--batch-size", "2", "--epochs", "1", "--validation-count", "2", "--dilation", .. Tiny]);
        Assert.True(code == 0, error);
        Assert.Contains("--batch-size 1 --accumulate 2 trains as it is evaluated", error, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(Log("dilated"))["test_coco_eval_bbox"]);
    }

    [Fact]
    public async Task Weights_alone_are_no_training_of_the_reference()
    {
        string path = Path.Combine(_folder, "weights.pth");
        ModelFile.SavePyTorch(path, Model());
        (int code, _, string error) = await TrainAsync("none", "--count", "4", "--batch-size", "2", "--epochs", "1", "--scene-size", "32", "--resume", path);
        Assert.Equal(1, code);
        Assert.Contains("class", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--resume", "no run to go on with")]
    [InlineData("--patience 3 --evaluations 0", "--patience")]
    [InlineData("--freeze backbone", "--pretrained")]
    [InlineData("--ema-decay 1", "--ema-decay")]
    [InlineData("--accumulate 9", "--accumulate")]
    [InlineData("--num-queries 2", "--num-queries")]
    [InlineData("--save-every 0", "--save-every")]
    public async Task Options_that_make_no_sense_are_named(string options, string named)
    {
        (int code, _, string error) = await TrainAsync("senseless", ["--count", "8", "--batch-size", "2", .. Tiny, .. options.Split(' ')]);
        Assert.Equal(1, code);
        Assert.Contains(named, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_pretrained_weights_keep_and_what_is_frozen_is_told()
    {
        string path = Path.Combine(_folder, "small.safetensors");
        DetrModel model = Model();
        ModelFile.Save(path, model, new ShapesDataset(1, 1, new ShapesOptions()).Categories);
        string[] train = ["--count", "4", "--batch-size", "2", "--epochs", "1", "--evaluations", "0", "--scene-size", "32", "--pretrained", path];
        (int code, string output, string error) = await TrainAsync("grown", [.. train, "--num-queries", "30", "--freeze", "backbone,encoder"]);
        Assert.True(code == 0, error);
        Assert.Contains("dropped: none; missing, so begun anew: none; classes known by name: red circle, green circle, blue circle, red square and 8 more.", output, StringComparison.Ordinal);
        Assert.Contains("grows from 12 object queries to 30", error, StringComparison.Ordinal);
        (DetrModel tuned, _) = ModelFile.Load(Path.Combine(Run("grown"), "model.safetensors"));
        foreach (Parameter parameter in model.Parameters)
        {
            bool isFrozen = parameter.Name.Contains("backbone.0.", StringComparison.Ordinal) || parameter.Name.Contains("encoder", StringComparison.Ordinal);
            Assert.True(!isFrozen || parameter.AsSpan().SequenceEqual(tuned.Parameters[parameter.Name].AsSpan()), parameter.Name);
        }

        (code, output, error) = await TrainAsync("others", [.. train, "--data", "shapes:new"]);
        Assert.True(code == 0, error);
        Assert.Matches(@"dropped: class_embed\.\w+, class_embed\.\w+; missing, so begun anew: class_embed\.\w+, class_embed\.\w+; classes known by name: none\.", output);

        (code, _, error) = await TrainAsync("unknown", [.. train, "--freeze", "neck"]);
        Assert.Equal(1, code);
        Assert.Contains("neck", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_that_all_give_one_box_are_warned_of()
    {
        string path = Path.Combine(_folder, "collapsed.safetensors");
        DetrModel model = Model();
        model.Parameters["query_embed.weight"].Write(new float[model.Parameters["query_embed.weight"].Length]);
        ModelFile.Save(path, model, []);
        (int code, _, string error) = await TrainAsync("collapsed", "--count", "4", "--batch-size", "2", "--epochs", "1", "--evaluations", "0", "--scene-size", "32", "--pretrained", path, "--lr", "1e-9");
        Assert.Equal(0, code);
        Assert.Contains("the model has collapsed", error, StringComparison.Ordinal);
        Assert.InRange((double)Assert.Single(Log("collapsed"))["train_box_spread"]!, 0, 0.01);
    }

    [Fact]
    public async Task Categories_that_differ_between_splits_are_named_before_training()
    {
        await ShapesAsync("train", 4, 1);
        await ShapesAsync("val", 2, 2);
        string path = Path.Combine(_folder, "annotations", "instances_val.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("red star", "pink star", StringComparison.Ordinal));
        (int code, _, string error) = await TrainAsync("differ", ["--data", _folder, "--size", "32", "--epochs", "1", "--batch-size", "2", "--num-queries", "9", .. Tiny[2..]]);
        Assert.True(code == 0, error);
        Assert.Contains("pink star not in the training split, so they will not be found; red star not in the validation split, so they will not be scored", error, StringComparison.Ordinal);
        Assert.DoesNotContain("by heart", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_that_training_and_validation_share_are_named_before_training()
    {
        await ShapesAsync("train", 4, 1);
        await ShapesAsync("val", 2, 1);
        (int code, _, string error) = await TrainAsync("shared", ["--data", _folder, "--size", "32", "--epochs", "1", "--batch-size", "2", "--num-queries", "9", .. Tiny[2..]]);
        Assert.True(code == 0, error);
        Assert.Contains("2 of 2 pictures of val are in train, too (000001.png of val and 000001.png of train are the same picture, …)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_box_that_is_no_number_is_named_by_its_annotation_before_training()
    {
        await ShapesAsync("train", 4, 1);
        string path = Path.Combine(_folder, "annotations", "instances_train.json");
        File.WriteAllText(path, new Regex(@"""bbox"":\[[^\]]*\]").Replace(File.ReadAllText(path), @"""bbox"":[1e39,0,1,1]", count: 1));
        (int code, _, string error) = await TrainAsync("bad", "--data", _folder);
        Assert.Equal(1, code);
        Assert.Matches(@"the box of annotation \d+ on 00000\d\.png is not made of numbers", Assert.Single(error.Trim().Split('\n')));
        Assert.False(Directory.Exists(Run("bad")));
    }

    [Fact]
    public async Task A_rate_that_breaks_the_model_ends_with_the_step_and_its_pictures()
    {
        (int code, _, string error) = await TrainAsync("diverged", ["--count", "8", "--batch-size", "2", "--epochs", "3", "--evaluations", "0", "--lr", "1e38", "--warmup-steps", "0", .. Tiny]);
        Assert.Equal(1, code);
        string last = error.Trim().Split('\n')[^1];
        Assert.Matches(@"^(Training failed in step \d+, epoch \d+, on 00000\d\.png|After step \d+, )", last);
    }

    [Fact]
    public async Task A_picture_that_turns_out_broken_is_named_and_training_goes_on_when_it_is_mended()
    {
        await ShapesAsync("train", 6, 1);
        string picture = Path.Combine(_folder, "train", "000004.png");
        byte[] whole = File.ReadAllBytes(picture);

        // A check of headers sees nothing; the pixels are cut off.
        File.WriteAllBytes(picture, whole[..(whole.Length / 2)]);
        string[] train = ["--data", _folder, "--size", "32", "--epochs", "2", "--batch-size", "2", "--num-queries", "9", .. Tiny[2..]];
        (int code, _, string error) = await TrainAsync("broken", train);
        Assert.Equal(1, code);
        Assert.Contains("000004.png", error.Trim().Split('\n')[^1], StringComparison.Ordinal);
        File.WriteAllBytes(picture, whole);
        (code, _, error) = await TrainAsync("broken", [.. train, .. File.Exists(Path.Combine(Run("broken"), "checkpoint.safetensors")) ? new[] { "--resume" } : []]);
        Assert.True(code == 0, error);
        Assert.Equal(2, Log("broken").Count);
    }

    private static DetrModel Model()
    {
        DetrModel model = new(new DetrOptions
        {
            Backbone = new BackboneOptions { Blocks = [1, 1, 1], Bottleneck = false, Width = 4, StemKernel = 3, StemPooling = false, Norm = BackboneNorm.Batch },
            Transformer = new TransformerOptions { Channels = 16, Heads = 2, EncoderLayers = 1, DecoderLayers = 1, FeedForward = 16, Dropout = 0 },
            Queries = 12, Classes = 12, Size = 32, MaximumSize = 53,
        });
        DetrInitialization.Initialize(model, new RandomStream(1));
        return model;
    }

    private string Run(string name) => Path.Combine(_folder, "runs", name);

    private List<JsonNode> Log(string run) => [.. File.ReadLines(Path.Combine(Run(run), "log.txt")).Select(line => JsonNode.Parse(line)!)];

    private Task<(int ExitCode, string Output, string Error)> TrainAsync(string run, params string[] arguments) => CommandLine.RunAsync(["train", "--out", Run(run), .. arguments]);

    private Task ShapesAsync(string split, int count, int seed)
        => CommandLine.RunAsync("shapes", "--out", _folder, "--split", split, "--count", $"{count}", "--size", "32", "--seed", $"{seed}");
}
