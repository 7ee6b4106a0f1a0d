using System.Text.Json;
using Detr.Data;
using Detr.Data.Evaluation;
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
        }, resume: false, cancellation: stop.Token));
        Assert.Equal(whole, Run("parts", null, resume: true));
    }

    [Fact]
    public void Noise_goes_on_where_it_was_in_a_resumed_run()
    {
        DetrOptions noised = SmallModel.Options with { Variant = DetrVariant.DnDetr };
        float[] whole = Run("noised", null, resume: false, options: noised);
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(() => Run("parts", step =>
        {
            if (step == 6)
            {
                stop.Cancel();
            }
        }, resume: false, options: noised, cancellation: stop.Token));
        Assert.Equal(whole, Run("parts", null, resume: true, options: noised));
        Assert.Contains("train_tgt_loss_bbox_0", File.ReadAllText(Path.Combine(_folder, "parts", "log.txt")), StringComparison.Ordinal);
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
    public void A_save_that_fails_says_so_in_a_sentence_and_leaves_the_former_checkpoint()
    {
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(() => Run("full", step =>
        {
            if (step == 2)
            {
                stop.Cancel();
            }
        }, resume: false, cancellation: stop.Token));
        string path = TrainingRun.CheckpointFile(Path.Combine(_folder, "full"));
        byte[] former = File.ReadAllBytes(path);

        // No file can be made where a folder is; a full disk fails in the same place.
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        Directory.CreateDirectory(temporary);
        IOException error = Assert.Throws<IOException>(() => Run("full", null, resume: true));
        Assert.StartsWith($"{path} cannot be written, and what was there before is untouched", error.Message, StringComparison.Ordinal);
        Assert.Equal(former, File.ReadAllBytes(path));
        Directory.Delete(temporary);
        Assert.Equal(Run("whole", null, resume: false), Run("full", null, resume: true));
    }

    [Fact]
    public void A_picture_that_breaks_late_is_named_and_the_steps_before_it_are_kept()
    {
        ScenesWithOneBroken scenes = new(SmallModel.Scenes(16)) { IsBroken = true };
        Assert.Contains("picture 9", Assert.Throws<InvalidDataException>(() => Run("broken", null, resume: false, data: scenes)).Message, StringComparison.Ordinal);
        scenes.IsBroken = false;
        Assert.Equal(Run("whole", null, resume: false), Run("broken", null, resume: true, data: scenes));
    }

    [Fact]
    public void A_run_ends_when_the_precision_does_not_rise()
    {
        double[] precisions = [0.1, 0.3, 0.2, 0.3];
        int evaluations = 0;
        EvaluationResult Evaluate(DetrModel model, CancellationToken stop) => Figures(precisions[evaluations++ / 2]);
        Run("patient", null, resume: false, epochs: 50, patience: 2, evaluate: Evaluate);
        Assert.Equal(2 * precisions.Length, evaluations);
        Assert.Equal(precisions.Length, File.ReadAllLines(Path.Combine(_folder, "patient", "log.txt")).Length);
    }

    [Theory]
    [InlineData(0.1, 0.3, 0.2)]
    [InlineData(0.1, 0.2, 0.3)]
    public void The_figures_at_the_end_are_those_of_the_best_weights(double first, double second, double third)
    {
        double[] precisions = [first, second, third];
        List<DetrModel> models = [];
        List<EvaluationResult> results = [];
        EvaluationResult Evaluate(DetrModel model, CancellationToken stop)
        {
            models.Add(model);
            results.Add(Figures(precisions[Math.Min(results.Count / 2, Epochs - 1)]));
            return results[^1];
        }

        // Each epoch's averaged weights are evaluated, and then its last ones, which are as good.
        EvaluationResult? best = null;
        Run("best", null, resume: false, evaluate: Evaluate, atEnd: (run, last) => best = run.EvaluateBest(last));
        if (third > second)
        {
            Assert.Same(results[^1], best);
            return;
        }

        Assert.Same(results[2 * Epochs], best);
        Assert.Equal(
            ModelFile.Load(TrainingRun.BestFile(Path.Combine(_folder, "best"))).Model.Parameters.SelectMany(parameter => parameter.ToArray()),
            models[^1].Parameters.SelectMany(parameter => parameter.ToArray()));
    }

    [Fact]
    public void Averaged_weights_that_are_ahead_and_rise_are_evaluated_alone_until_the_end()
    {
        // In the first epoch they go ahead, then they rise twice, then not, and at the end both count.
        double[] averaged = [0.2, 0.4, 0.5, 0.5, 0.6], last = [0.1, 0.3, 0.7];
        int ofAveraged = 0, ofLast = 0;
        HashSet<DetrModel> models = [];
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(() => Run("ahead", step =>
        {
            if (step == 6)
            {
                stop.Cancel();
            }
        }, resume: false, epochs: averaged.Length, evaluate: Evaluate, cancellation: stop.Token));
        Assert.Equal((1, 1), (ofAveraged, ofLast));
        models.Clear();
        EvaluationResult? best = null;
        Run("ahead", null, resume: true, epochs: averaged.Length, evaluate: Evaluate, atEnd: (run, report) => best = run.EvaluateBest(report));
        Assert.Equal((averaged.Length, last.Length), (ofAveraged, ofLast));
        Assert.Equal(0.7, best!.Summary.AP!.Value, 0.01);
        JsonElement[] log = [.. File.ReadLines(Path.Combine(_folder, "ahead", "log.txt")).Select(line => JsonElement.Parse(line))];
        Assert.Equal([true, false, false, true, true], log.Select(line => line.TryGetProperty("test_coco_eval_bbox", out _)));
        Assert.All(log, line => Assert.True(line.TryGetProperty("test_averaged_coco_eval_bbox", out _)));

        // The averaged model is the first that is evaluated.
        EvaluationResult Evaluate(DetrModel model, CancellationToken cancellation)
        {
            models.Add(model);
            return Figures(model == models.First() ? averaged[ofAveraged++] : last[ofLast++]);
        }
    }

    [Fact]
    public void A_resumed_run_gives_back_the_settings_it_was_saved_with()
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal) { ["--Seed"] = "7", ["pictures"] = "16" };
        Run("settings", null, resume: false, settings: settings);
        Assert.Equal(settings, Resumed("settings"));
        Run("none", null, resume: false);
        Assert.Empty(Resumed("none"));

        IReadOnlyDictionary<string, string> Resumed(string name)
        {
            IReadOnlyDictionary<string, string>? kept = null;
            Run(name, null, resume: true, epochs: Epochs + 1, onResumed: given => kept = given);
            return kept!;
        }
    }

    [Fact]
    public void A_weight_that_is_no_number_is_not_saved_over_a_good_checkpoint()
    {
        Run("good", null, resume: false);
        byte[] former = File.ReadAllBytes(TrainingRun.CheckpointFile(Path.Combine(_folder, "good")));
        Assert.Contains("running_mean", Assert.Throws<ArithmeticException>(() => Run("good", null, resume: true, epochs: Epochs + 1, poisonStatistics: true)).Message, StringComparison.Ordinal);
        Assert.Equal(former, File.ReadAllBytes(TrainingRun.CheckpointFile(Path.Combine(_folder, "good"))));
    }

    [Fact]
    public void Another_number_of_batches_is_no_resumption()
    {
        Run("less", null, resume: false);
        Assert.Contains("4 batches", Assert.Throws<InvalidDataException>(() => Run("less", null, resume: true, epochs: 9, data: SmallModel.Scenes(8))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrained_weights_keep_what_fits_and_the_first_queries()
    {
        DetrModel source = SmallModel.Create(), target = new(SmallModel.Options with { Classes = 3, Queries = 7 });
        DetrInitialization.Initialize(target, new RandomStream(8));
        PretrainedWeights report = PretrainedWeights.Copy(source, SmallModel.Scenes(1).Categories, target, [new Category(1, "cat"), new Category(2, "dog"), new Category(3, "owl")]);
        Assert.Equal(["class_embed.bias", "class_embed.weight"], report.Missing.Order());
        Assert.Equal(report.Missing.Order(), report.Dropped.Order());
        Assert.Equal(0, report.NewQueries);
        Assert.Equal(source.Parameters["query_embed.weight"].ToArray()[..(7 * 32)], target.Parameters["query_embed.weight"].ToArray());
        Assert.Equal(source.Parameters["input_proj.weight"].ToArray(), target.Parameters["input_proj.weight"].ToArray());
    }

    [Fact]
    public void Pretrained_weights_keep_the_classes_that_both_know_and_count_new_queries()
    {
        DetrModel source = SmallModel.Create(), target = new(SmallModel.Options with { Classes = 2, Queries = 13 });
        DetrInitialization.Initialize(target, new RandomStream(8));
        float[] anew = target.Parameters["class_embed.weight"].ToArray();
        IReadOnlyList<Category> known = SmallModel.Scenes(1).Categories;
        PretrainedWeights report = PretrainedWeights.Copy(source, known, target, [new Category(1, "owl"), new Category(2, known[5].Name.ToUpperInvariant())]);
        Assert.Equal([known[5].Name.ToUpperInvariant()], report.KnownClasses);
        Assert.Empty(report.Missing);
        Assert.Equal(3, report.NewQueries);
        float[] from = source.Parameters["class_embed.weight"].ToArray(), to = target.Parameters["class_embed.weight"].ToArray();
        Assert.Equal([.. anew[..32], .. from[(5 * 32)..(6 * 32)], .. from[(12 * 32)..]], to);
    }

    [Fact]
    public void Categories_are_matched_by_name()
    {
        CategoryMatch match = new([new Category(1, "Cell"), new Category(2, "dust")], [new Category(7, "cell"), new Category(9, "hair")]);
        Assert.Equal((7, (int?)null), (match.DatasetId(1), match.DatasetId(2)));
        Assert.Equal([new Category(9, "hair")], match.Unknown);
        Assert.Contains("hair", Assert.Throws<InvalidDataException>(() => new CategoryMatch([new Category(2, "dust")], [new Category(9, "hair")])).Message, StringComparison.Ordinal);
    }

    private float[] Run(
        string name, Action<int>? afterStep, bool resume, IDetectionDataset? data = null, int epochs = Epochs, int patience = 0,
        Func<DetrModel, CancellationToken, EvaluationResult>? evaluate = null, bool poisonStatistics = false, IReadOnlyDictionary<string, string>? settings = null,
        Action<IReadOnlyDictionary<string, string>>? onResumed = null, Action<TrainingRun, EpochReport?>? atEnd = null, DetrOptions? options = null, CancellationToken cancellation = default)
    {
        string folder = Path.Combine(_folder, name);
        Directory.CreateDirectory(folder);
        using CpuBackend backend = new(2);
        DetrModel model = SmallModel.Create(options);
        IDetectionDataset scenes = data ?? SmallModel.Scenes(16);
        CriterionOptions criterion = CriterionOptions.Of(model.Options.Variant);
        Trainer trainer = new(
            model, new SetCriterion(12, HungarianMatcher.Of(model.Options.Variant), criterion),
            new TrainingOptions { LearningRate = 3e-4f, BackboneLearningRate = 3e-4f, Epochs = epochs, DropEpoch = 2, WarmupSteps = 5 }, backend, 9) { Average = new WeightAverage(model, 0.9f) };
        using TrainingRun run = new(model, scenes.Categories, trainer, new BatchLoader(scenes, [new HorizontalFlip()], 4, 3), new RunLog(Path.Combine(folder, "log.txt"), 4321), folder)
        {
            Criterion = criterion,
            Settings = settings ?? new Dictionary<string, string>(StringComparer.Ordinal),
            Patience = patience,
            Evaluations = patience > 0 ? epochs : 10,
            Evaluate = evaluate ?? ((evaluated, stop) => ModelEvaluation.Evaluate(evaluated, scenes.Categories, SmallModel.Scenes(5), null, backend, null, stop)),
            OnStep = progress =>
            {
                afterStep?.Invoke(progress.Step);
                if (poisonStatistics)
                {
                    Parameter mean = model.Parameters.First(parameter => parameter.Name.EndsWith("running_mean", StringComparison.Ordinal));
                    mean.Write([.. Enumerable.Repeat(float.NaN, mean.Length)]);
                }
            },
        };
        if (resume)
        {
            IReadOnlyDictionary<string, string> before = run.Resume();
            onResumed?.Invoke(before);
        }

        EpochReport? last = run.Run(cancellation);
        Assert.NotNull(last?.Better);
        atEnd?.Invoke(run, last);
        return [.. new[] { TrainingRun.ModelFileOf(folder), TrainingRun.AveragedFile(folder) }.SelectMany(path => ModelFile.Load(path).Model.Parameters).SelectMany(parameter => parameter.ToArray())];
    }

    private static EvaluationResult Figures(double precision)
    {
        // Of so many objects a share is found, and that share is the precision.
        TrueObject[] truth = [.. Enumerable.Range(0, 10).Select(i => new TrueObject(i, 1, new ResultBox(0, 0, 50, 50), 2500, false))];
        DetectionResult[] found = [.. truth.Take((int)Math.Round(precision * 10)).Select(item => new DetectionResult(item.ImageId, 1, item.Box, 0.9f))];
        return new EvaluationResult(CocoEvaluator.Evaluate(truth, found, truth.Select(item => item.ImageId), [1]), found, SmallModel.Scenes(1));
    }

    private sealed class ScenesWithOneBroken(ShapesDataset scenes) : IDetectionDataset
    {
        internal bool IsBroken { get; set; }

        public int Count => scenes.Count;

        public IReadOnlyList<Category> Categories => scenes.Categories;

        public ImageAnnotations Annotations(int index) => scenes.Annotations(index);

        public RgbImage Load(int index) => IsBroken && index == 9 ? throw new InvalidDataException($"picture {index} is damaged.") : scenes.Load(index);
    }
}
