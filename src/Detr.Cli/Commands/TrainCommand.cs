using System.CommandLine;
using Detr.Cli.Training;
using Detr.Data;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;
using Detr.Reports;
using Detr.Tensors;
using Detr.Training;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr train</c>: a model from data.</summary>
internal static class TrainCommand
{
    private const int SizeFromScratch = 240;
    private const int SamplesDrawn = 16;

    private static readonly DataArguments Data = new();
    private static readonly ModelArguments Model = new();
    private static readonly ScheduleArguments Schedule = new();
    private static readonly Option<DirectoryInfo> Output = new("--out") { Description = "The run's folder: weights, checkpoint and log.", Required = true };
    private static readonly Option<string?> Pretrained = Weights.CreateOption("--pretrained", "Begins with another model's weights, of a file or of published ones such as detr_resnet50: what fits is kept, and the rest is named.");
    private static readonly Option<bool> Resume = new("--resume") { Description = "Goes on with the run in --out; give the other options as when it was begun." };
    private static readonly Option<string> TrainSplit = new("--train-split") { Description = "The split to train on.", DefaultValueFactory = _ => "train" };
    private static readonly Option<string> ValidationSplit = new("--val-split") { Description = "The split to evaluate on, if the data has it.", DefaultValueFactory = _ => "val" };
    private static readonly Option<int> Count = new("--count") { Description = "How many generated scenes to train on.", DefaultValueFactory = _ => 20000 };
    private static readonly Option<int> ValidationCount = new("--validation-count") { Description = "How many other scenes to evaluate on.", DefaultValueFactory = _ => 500 };
    private static readonly Option<int> Evaluations = new("--evaluations") { Description = "How many evaluations are spread over the run; 0 for none.", DefaultValueFactory = _ => 10 };
    private static readonly ResizeArguments Resize = new("The largest short side that pictures are brought to; 240 from scratch, the model's own with --pretrained.");
    private static readonly AugmentArguments Augment = new();
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Decides weights, order and augmentation.", DefaultValueFactory = _ => 42 };
    private static readonly Option<int?> Threads = new("--threads") { Description = "Threads; all processors unless given." };

    internal static Command Create()
    {
        DocumentedCommand command = new("train", "Trains a DETR on labelled photographs or on generated scenes.")
        {
            Options = { Output, Data.Data, Data.Format, Pretrained, Resume, Threads, Seed },
            Sections =
            [
                ("Pictures", TrainSplit),
                ("Evaluation", ValidationSplit),
                ("Learning, by the names of the reference implementation", Schedule.First),
                ("The model, when it begins from scratch", Model.First),
            ],
            Examples =
            [
                ("a small model of photographs of your own, from scratch, in half an hour", "train --data photos --out runs/cells --minutes 30"),
                ("half an hour more of it: --minutes and --epochs count from the run's beginning", "train --data photos --out runs/cells --minutes 60 --resume"),
                ("the paper's model, tuned to photographs of your own", "train --data photos --out runs/tuned --pretrained detr_resnet50 --epochs 50"),
                ("no data at hand: generated scenes", "train --out runs/shapes --minutes 30"),
            ],
            Notes =
            [
                "In --out are model.safetensors (the weights, for detr detect and detr eval), best.safetensors (those of the best evaluation), checkpoint.safetensors (for --resume), report.html (curves, tables and pictures, written anew after each epoch), log.txt (one JSON object a line), log.csv, samples.png (training pictures with their boxes), curves.png, evaluation.json and an event file for TensorBoard. Ctrl-C ends a training after its step and saves it.",
                Weights.Note,
            ],
        };
        foreach (Option option in (Option[])[TrainSplit, Resize.Size, Resize.MaximumSize, .. Augment.All, Count, Data.SceneSize, ValidationSplit, ValidationCount, Evaluations])
        {
            command.Add(option);
        }

        Schedule.AddTo(command);
        Model.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await RunAsync(parsed, cancellation).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string folder = parsed.GetRequiredValue(Output).FullName;
        bool isGenerated = Data.IsGenerated(parsed), isResumed = parsed.GetValue(Resume);
        IDetectionDataset scenes = Data.Open(parsed, parsed.GetRequiredValue(TrainSplit), parsed.GetValue(Count));
        IDetectionDataset? unseen = parsed.GetValue(Evaluations) > 0 ? Data.TryOpen(parsed, parsed.GetRequiredValue(ValidationSplit), parsed.GetValue(ValidationCount)) : null;
        int mostObjects = Enumerable.Range(0, scenes.Count).Max(index => TargetBuilder.Build(scenes.Annotations(index)).Count);

        (DetrModel model, bool isPretrained) = await CreateAsync(parsed, folder, scenes, mostObjects, cancellation).ConfigureAwait(false);
        int batch = Schedule.BatchSize(parsed, isGenerated, isPretrained);
        if (batch < 1 || scenes.Count < batch)
        {
            throw new InputException($"A batch of {batch} cannot be made of {scenes.Count} pictures; give --batch-size from 1 to {scenes.Count}.");
        }

        if (mostObjects > model.Options.Queries)
        {
            throw new InputException($"A picture has {mostObjects} objects, but the model has {model.Options.Queries} queries; give --num-queries {mostObjects} or more.");
        }

        TrainingOptions options = Schedule.Schedule(parsed, isGenerated, isPretrained);
        CriterionOptions criterion = Schedule.Criterion(parsed);
        ulong seed = parsed.GetValue(Seed);
        Directory.CreateDirectory(folder);
        using CpuBackend backend = new(parsed.GetValue(Threads));
        Trainer trainer = new(model, new SetCriterion(model.Options.Classes, Schedule.Matcher(parsed), criterion), options, backend, seed);
        BatchLoader loader = Augment.Loader(parsed, isGenerated ? scenes : new CachedDataset(scenes, CachedDataset.UsualLimit), isGenerated, model.Options.Resize(), model.Options.Queries, batch, seed);
        PngEncoder.Write(SampleGrid.Draw([.. loader.Samples(0, SamplesDrawn)], scenes.Categories), Path.Combine(folder, "samples.png"));
        long parameters = model.Parameters.Where(parameter => parameter.Trainable).Sum(parameter => (long)parameter.Length);
        RunLog log = new(Path.Combine(folder, "log.txt"), parameters);
        TrainingDisplay display = new(trainer, loader.Batches);
        TrainingRun run = new(model, scenes.Categories, trainer, loader, log, folder)
        {
            Criterion = criterion,
            Evaluations = Math.Max(1, parsed.GetValue(Evaluations)),
            Evaluate = unseen is null ? null : stop => ModelEvaluation.Evaluate(model, scenes.Categories, unseen, model.Options.Resize(), backend, null, stop),
            Report = new RunReport(folder, log) { Configuration = RunConfiguration.Of(parsed, model.Options) },
            OnStep = display.OnStep,
            OnEpoch = TrainingDisplay.OnEpoch,
        };
        if (isResumed)
        {
            run.Resume();
        }
        else
        {
            File.Delete(Path.Combine(folder, "log.txt"));
        }

        if (trainer.IsOver)
        {
            throw new InputException($"The run in {folder} is over after {trainer.State.Epoch} epochs and {trainer.Elapsed.TotalMinutes:F0} minutes; give more --epochs or --minutes to go on.");
        }

        AnsiConsole.MarkupLineInterpolated(
            $"{scenes.Count:N0} pictures, {scenes.Categories.Count} categories, at most {mostObjects} objects; {parameters:N0} parameters, {model.Options.Queries} queries; {loader.Batches} steps of {batch} an epoch, short side {model.Options.Size}, {backend.Threads} threads.");
        EvaluationResult? last = null;
        display.Run(() => last = run.Run(cancellation));
        if (last is not null)
        {
            ScoredEvaluation evaluation = ScoredEvaluation.Of(last);
            EvaluationTables.Write(evaluation);
            EvaluationJson.WriteFile(Path.Combine(folder, "evaluation.json"), evaluation);
        }

        AnsiConsole.MarkupLineInterpolated($"The model is {TrainingRun.ModelFileOf(folder)}.");
    }

    private static async Task<(DetrModel Model, bool IsPretrained)> CreateAsync(
        ParseResult parsed, string folder, IDetectionDataset scenes, int mostObjects, CancellationToken cancellation)
    {
        string? pretrained = parsed.GetValue(Pretrained);
        if (parsed.GetValue(Resume))
        {
            (DetrModel resumed, IReadOnlyList<Category> categories) = ModelFile.Load(TrainingRun.CheckpointFile(folder));
            if (!categories.SequenceEqual(scenes.Categories))
            {
                throw new InputException($"The run in {folder} was begun with other categories than the data has; begin anew with --pretrained.");
            }

            return (Frozen(resumed), pretrained is not null);
        }

        if (pretrained is null)
        {
            int size = Resize.Read(parsed).Size ?? (Data.IsGenerated(parsed) ? parsed.GetValue(Data.SceneSize) ?? DataArguments.DefaultSceneSize : SizeFromScratch);
            DetrModel fresh = new(WithSize(parsed, Model.FromScratch(parsed, scenes.Categories.Count, mostObjects) with { Size = size, MaximumSize = size * 5 / 3 }));
            DetrInitialization.Initialize(fresh, new RandomStream(parsed.GetValue(Seed)));
            return (fresh, false);
        }

        (DetrModel source, _) = ModelFile.Load(await Weights.ResolveAsync(pretrained, cancellation).ConfigureAwait(false));
        DetrModel model = new(WithSize(parsed, Model.FromPretrained(parsed, source.Options, scenes.Categories.Count)));
        DetrInitialization.Initialize(model, new RandomStream(parsed.GetValue(Seed)));
        PretrainedWeights report = PretrainedWeights.Copy(source.Parameters, model.Parameters);
        AnsiConsole.MarkupLineInterpolated($"From {pretrained}: {report.Kept.Count} tensors kept; dropped: {List(report.Dropped)}; begun anew: {List(report.Missing)}.");
        return (Frozen(model), true);
    }

    private static DetrOptions WithSize(ParseResult parsed, DetrOptions options)
    {
        (int? size, int? maximum) = Resize.Read(parsed);
        ResizeShortSide resize = options.Resize(size, maximum);
        return options with { Size = resize.Size, MaximumSize = resize.MaximumSize!.Value };
    }

    private static DetrModel Frozen(DetrModel model)
    {
        if (model.Options.Backbone.Norm == BackboneNorm.Frozen)
        {
            TrainableParts.FreezeAsTheReference(model.Parameters);
        }

        return model;
    }

    private static string List(IReadOnlyList<string> names)
        => names.Count == 0 ? "none" : string.Join(", ", names.Take(4)) + (names.Count > 4 ? $" and {names.Count - 4} more" : string.Empty);
}
