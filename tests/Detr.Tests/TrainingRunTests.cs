using System.Text.Json;
using Detr.Data;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>Runs that are stopped, go on, and lose nothing.</summary>
public sealed class TrainingRunTests : IDisposable
{
    private const int Epochs = 3;
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-run").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void A_run_that_was_stopped_and_resumed_ends_with_the_same_numbers(int stopAfter)
    {
        float[] whole = Run("whole", null, resume: false);
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(() => Run("parts", step =>
        {
            if (step == stopAfter)
            {
                stop.Cancel();
            }
        }, resume: false, stop.Token));
        Assert.Equal(whole, Run("parts", null, resume: true));
    }

    [Fact]
    public void The_log_has_a_line_an_epoch_in_the_references_keys()
    {
        Run("log", null, resume: false);
        string[] lines = File.ReadAllLines(Path.Combine(_folder, "log", "log.txt"));
        Assert.Equal(Epochs, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            using JsonDocument json = JsonDocument.Parse(lines[i]);
            JsonElement line = json.RootElement;
            Assert.Equal(i, line.GetProperty("epoch").GetInt32());
            double parts = new[] { "ce", "bbox", "giou", "ce_0", "bbox_0", "giou_0" }.Sum(name => line.GetProperty($"train_loss_{name}").GetDouble());
            Assert.Equal(line.GetProperty("train_loss").GetDouble(), parts, 1e-3);
            Assert.Equal(5 * line.GetProperty("train_loss_bbox_unscaled").GetDouble(), line.GetProperty("train_loss_bbox").GetDouble(), 1e-4);
            Assert.Equal(12, line.GetProperty("test_coco_eval_bbox").GetArrayLength());
            Assert.True(line.GetProperty("n_parameters").GetInt64() > 1000);
        }
    }

    [Fact]
    public void A_resumed_log_has_no_epoch_twice_and_no_line_cut_off()
    {
        string path = Path.Combine(_folder, "killed.txt");
        File.WriteAllText(path, """
            {"train_loss":3,"epoch":0}
            {"train_loss":2,"epoch":1}
            {"train_loss":1,"epoch":2}
            {"train_lo
            """);
        new RunLog(path, 1).Rewind(2);
        Assert.Equal(["""{"train_loss":3,"epoch":0}""", """{"train_loss":2,"epoch":1}"""], File.ReadAllLines(path));
    }

    [Fact]
    public void The_curves_show_losses_and_where_there_was_an_evaluation_its_figures()
    {
        Run("curves", null, resume: false);
        RgbImage whole = ImageFile.Read(TrainingRun.CurvesFile(Path.Combine(_folder, "curves")));
        string path = Path.Combine(_folder, "losses.txt");
        File.WriteAllLines(path, ["""{"train_loss":3,"epoch":0}""", """{"train_loss":2,"epoch":1}"""]);
        RgbImage losses = TrainingCurves.Draw(path);
        Assert.Equal((whole.Width, whole.Height), (losses.Width, 2 * losses.Height));
        File.AppendAllText(path, "{\"train");
        Assert.Contains("Line 3", Assert.Throws<InvalidDataException>(() => TrainingCurves.Draw(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_weights_alone_is_no_run()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "weights"));
        ModelFile.Save(TrainingRun.CheckpointFile(Path.Combine(_folder, "weights")), SmallModel.Create(), SmallModel.Scenes(1).Categories);
        Assert.Contains("--pretrained", Assert.Throws<InvalidDataException>(() => Run("weights", null, resume: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrained_weights_keep_what_fits()
    {
        DetrModel source = SmallModel.Create(), target = new(SmallModel.Options with { Classes = 3, Queries = 7 });
        DetrInitialization.Initialize(target, new RandomStream(8));
        PretrainedWeights report = PretrainedWeights.Copy(source.Parameters, target.Parameters);
        Assert.Equal(["class_embed.bias", "class_embed.weight"], report.Missing.Order());
        Assert.Equal(report.Missing.Order(), report.Dropped.Order());
        Assert.Equal(source.Parameters["query_embed.weight"].ToArray()[..(7 * 32)], target.Parameters["query_embed.weight"].ToArray());
        Assert.Equal(source.Parameters["input_proj.weight"].ToArray(), target.Parameters["input_proj.weight"].ToArray());
    }

    [Fact]
    public void Categories_are_matched_by_name()
    {
        CategoryMatch match = new([new Category(1, "Cell"), new Category(2, "dust")], [new Category(7, "cell"), new Category(9, "hair")]);
        Assert.Equal((7, (int?)null), (match.DatasetId(1), match.DatasetId(2)));
        Assert.Equal([new Category(9, "hair")], match.Unknown);
        Assert.Contains("hair", Assert.Throws<InvalidDataException>(() => new CategoryMatch([new Category(2, "dust")], [new Category(9, "hair")])).Message, StringComparison.Ordinal);
    }

    private float[] Run(string name, Action<int>? afterStep, bool resume, CancellationToken cancellation = default)
    {
        string folder = Path.Combine(_folder, name);
        Directory.CreateDirectory(folder);
        using CpuBackend backend = new(2);
        DetrModel model = SmallModel.Create();
        ShapesDataset scenes = SmallModel.Scenes(16);
        CriterionOptions criterion = new();
        Trainer trainer = new(
            model, new SetCriterion(12, new HungarianMatcher(), criterion),
            new TrainingOptions { LearningRate = 3e-4f, BackboneLearningRate = 3e-4f, Epochs = Epochs, DropEpoch = 2, WarmupSteps = 5 }, backend, 9);
        TrainingRun run = new(model, scenes.Categories, trainer, new BatchLoader(scenes, [new HorizontalFlip()], 4, 3), new RunLog(Path.Combine(folder, "log.txt"), 4321), folder)
        {
            Criterion = criterion,
            Evaluate = stop => ModelEvaluation.Evaluate(model, scenes.Categories, SmallModel.Scenes(5), null, backend, null, stop),
            OnStep = progress => afterStep?.Invoke(progress.Step),
        };
        if (resume)
        {
            run.Resume();
        }

        Assert.NotNull(run.Run(cancellation));
        (DetrModel saved, _) = ModelFile.Load(TrainingRun.ModelFileOf(folder));
        return [.. saved.Parameters.SelectMany(parameter => parameter.ToArray())];
    }
}
