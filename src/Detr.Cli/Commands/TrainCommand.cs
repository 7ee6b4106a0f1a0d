using System.CommandLine;
using Detr.Cli.Training;
using Detr.Data;
using Detr.Figures;
using Detr.Models;
using Detr.Reports;
using Detr.Tensors;
using Detr.Training;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr train</c>: a model from data.</summary>
internal static class TrainCommand
{
    private const int SamplesDrawn = 16;

    private static readonly DataArguments Data = new();
    private static readonly ModelArguments Model = new();
    private static readonly ScheduleArguments Schedule = new();
    private static readonly ResizeArguments Resize = new("The largest short side that pictures are brought to; 320 from scratch, the model's own with --pretrained.");
    private static readonly StartingModel Start = new(Model, Resize);
    private static readonly Option<DirectoryInfo> Output = new("--out") { Description = "The run's folder: weights, checkpoint and log.", Required = true };
    private static readonly Option<string?> Resume = new("--resume")
    {
        HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne,
        Description = "Goes on with the run in --out; give the other options as when it was begun. With a file: goes on with that checkpoint.pth of the reference's main program.",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Begins anew in a folder that holds a run already, which is lost." };
    private static readonly Option<Defaults> DefaultsOption = new("--defaults") { HelpName = "auto or reference", Description = "Where options that are not given come from: the data and what was measured, or the reference's main program.", DefaultValueFactory = _ => Defaults.Auto };
    private static readonly Option<int?> SaveEvery = new("--save-every") { HelpName = "STEPS", Description = "Steps from one save to the next; about a minute's unless given." };
    private static readonly Option<string> TrainSplit = new("--train-split") { Description = "The split to train on.", DefaultValueFactory = _ => "train" };
    private static readonly Option<string> ValidationSplit = new("--val-split") { Description = "The split to evaluate on, if the data has it.", DefaultValueFactory = _ => "val" };
    private static readonly Option<int> Count = new("--count") { Description = "How many generated scenes to train on.", DefaultValueFactory = _ => 20000 };
    private static readonly Option<int> ValidationCount = new("--validation-count") { Description = "How many other scenes to evaluate on.", DefaultValueFactory = _ => 500 };
    private static readonly Option<int> Evaluations = new("--evaluations") { Description = "How many evaluations are spread over the run; 0 for none.", DefaultValueFactory = _ => 10 };
    private static readonly AugmentArguments Augment = new();
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Decides weights, order and augmentation.", DefaultValueFactory = _ => 42 };
    private static readonly Option<int?> Threads = ThreadsOption.Create();

    internal static Command Create()
    {
        DocumentedCommand command = new("train", "Trains a DETR, or one of its successors, on labelled photographs or on generated scenes.")
        {
            Options = { Output, Data.Data, Data.Format, Start.Pretrained, Resume, Overwrite, DefaultsOption, SaveEvery, Threads, Seed },
            Sections =
            [
                ("Pictures", TrainSplit),
                ("Evaluation", ValidationSplit),
                ("Learning, by the names of the reference implementation", Schedule.First),
                ("The model", Model.First),
            ],
            Examples =
            [
                ("a small model of photographs of your own, from scratch, in half an hour", "train --data photos --out runs/cells --minutes 30"),
                ("half an hour more of it: --minutes and --epochs count from the run's beginning", "train --data photos --out runs/cells --minutes 60 --resume"),
                ("the paper's model, tuned to photographs of your own", "train --data photos --out runs/tuned --pretrained detr_resnet50 --epochs 50"),
                ("the same, its heads and its decoder alone", "train --data photos --out runs/heads --pretrained detr_resnet50 --freeze backbone,encoder"),
                ("until it gets no better: an evaluation each hundredth, at most ten in vain", "train --data photos --out runs/patient --epochs 500 --evaluations 100 --patience 10"),
                ("no data at hand: generated scenes", "train --out runs/shapes --minutes 30"),
                ("Deformable DETR, whose queries begin where the encoder proposes objects", "train --data photos --out runs/deformable --model deformable-detr --two-stage"),
                ("masks for a detector that is trained already", "train --out runs/masks --masks --frozen-weights runs/shapes/best.safetensors --minutes 20"),
            ],
            Notes =
            [
                "In --out are model.safetensors (the weights, for detr detect and detr eval), averaged.safetensors (their running mean), best.safetensors (the better of both at the best evaluation), checkpoint.safetensors (for --resume), report.html (curves, tables and pictures, written anew after each epoch), log.txt (one JSON object a line), log.csv, samples.png (training pictures with their boxes), curves.png, evaluation.json and an event file for TensorBoard. Ctrl-C ends a training after its step and saves it; a training that was killed goes on from its last save and ends with the same numbers.",
                Weights.Note,
            ],
        };
        foreach (Option option in (Option[])[TrainSplit, Resize.Size, Resize.MaximumSize, .. Augment.All, Count, Data.SceneSize, ValidationSplit, ValidationCount, Evaluations])
        {
            command.Add(option);
        }

        Schedule.AddTo(command);
        Model.AddTo(command);
        Start.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await RunAsync(parsed, cancellation).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private enum Defaults
    {
        Auto,
        Reference,
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string folder = parsed.GetRequiredValue(Output).FullName;
        bool isGenerated = Data.IsGenerated(parsed), isResumed = IsResumed(parsed);
        string? reference = parsed.GetValue(Resume);
        Refuse(parsed, folder, isResumed && reference is null);
        string? frozen = Start.FrozenWeights(parsed);
        IDetectionDataset scenes = Data.Open(parsed, parsed.GetRequiredValue(TrainSplit), parsed.GetValue(Count), Model.WantsMasks(parsed));

        IDetectionDataset? unseen = parsed.GetValue(Evaluations) > 0 ? Data.TryOpen(parsed, parsed.GetRequiredValue(ValidationSplit), parsed.GetValue(ValidationCount)) : null;
        if (frozen is not null)
        {
            // The boxes of a detector that stays as it is stay, too: their AP says nothing of masks.
            unseen = unseen as IPanopticDataset;
        }

        Compare(parsed, scenes, unseen, cancellation);
        int mostObjects = Enumerable.Range(0, scenes.Count).Max(index => TargetBuilder.Build(scenes.Annotations(index)).Count);

        TrainingSituation situation = new(scenes.Count, isGenerated, parsed.GetValue(Start.Pretrained) is not null || reference is not null || frozen is not null, parsed.GetValue(DefaultsOption) == Defaults.Reference);
        ulong seed = parsed.GetValue(Seed);
        (DetrModel model, scenes) = await CreateAsync(parsed, folder, scenes, mostObjects, situation, cancellation).ConfigureAwait(false);
        TrainingPlan plan = Schedule.Plan(parsed, situation with { Variant = model.Options.Variant });
        bool masks = Model.WantsMasks(parsed);
        if (model.Options.Masks != masks)
        {
            throw new InputException(masks ? "The run was begun without --masks; begin anew with --masks and --frozen-weights, or with --pretrained." : "The model has a mask head, which needs masks to learn from; give --masks.");
        }

        if (mostObjects > model.Options.Queries)
        {
            throw new InputException($"A picture has {mostObjects} objects, but the model has {model.Options.Queries} queries; give --num-queries {mostObjects} or more.");
        }

        Directory.CreateDirectory(folder);
        using CpuBackend backend = new(parsed.GetValue(Threads));
        Trainer trainer = new(model, new SetCriterion(model.Options.Classes, Schedule.Matcher(parsed, model.Options.Variant), plan.Criterion, model.MaskHead), plan.Options, backend, seed)
        {
            Average = plan.AverageDecay > 0 ? new WeightAverage(model, plan.AverageDecay) : null,
        };
        BatchLoader loader = Augment.Loader(parsed, isGenerated ? scenes : new CachedDataset(scenes, CachedDataset.UsualLimit), isGenerated, model.Options.Resize(), model.Options.Queries, plan.BatchSize, seed, masks);
        PngFile.Write(SampleGrid.Draw([.. loader.Samples(0, SamplesDrawn)], scenes.Categories), Path.Combine(folder, "samples.png"));
        long parameters = model.Parameters.Where(parameter => parameter.Trainable).Sum(parameter => (long)parameter.Length);
        RunLog log = new(Path.Combine(folder, "log.txt"), parameters);
        TrainingDisplay display = new(trainer, plan.StepsInEpoch, new CollapseWatch(situation.IsPretrained ? 0 : Math.Max(CollapseWatch.StepsFromScratch, plan.Options.WarmupSteps)));
        Dictionary<string, string> settings = RunSettings.Of([(Seed, seed), (Threads, backend.Threads), .. Schedule.Settings(parsed, plan), .. Augment.Settings(parsed)]);
        settings[RunSettings.Pictures] = RunSettings.Text(scenes.Count);
        using TrainingRun run = new(model, scenes.Categories, trainer, loader, log, folder)
        {
            Criterion = plan.Criterion,
            Evaluations = Math.Max(1, parsed.GetValue(Evaluations)),
            Patience = Schedule.Patience(parsed),
            SaveEvery = parsed.GetValue(SaveEvery),
            Settings = settings,
            Evaluate = unseen is null ? null
                : frozen is not null && unseen is IPanopticDataset segments ? PanopticEvaluations(segments, scenes.Categories, model.Options.Resize(), backend)
                : (evaluated, stop) => ModelEvaluation.Evaluate(evaluated, scenes.Categories, unseen, model.Options.Resize(), backend, null, stop),
            Report = new RunReport(folder, log) { Configuration = RunConfiguration.Of(parsed, model.Options) },
            OnStep = display.OnStep,
            OnEpoch = display.OnEpoch,
        };
        if (isResumed && reference is null)
        {
            if (RunSettings.Compare(run.Resume(), settings) is { } change)
            {
                await Console.Error.WriteLineAsync(change).ConfigureAwait(false);
            }
        }
        else
        {
            if (reference is not null)
            {
                ReferenceCheckpoint.Restore(reference, trainer);
            }

            run.Begin();
        }

        if (run.IsOver)
        {
            throw new InputException(run.HasLostPatience
                ? $"The run in {folder} ended because nothing got better in {Schedule.Patience(parsed)} evaluations; give a larger --patience, or none, to go on."
                : $"The run in {folder} is over after {trainer.State.Epoch} epochs and {trainer.Elapsed.TotalMinutes:F0} minutes; give more --epochs or --minutes to go on.");
        }

        AnsiConsole.MarkupLineInterpolated(
            $"{scenes.Count:N0} pictures, {scenes.Categories.Count} categories, at most {mostObjects} objects; {parameters:N0} parameters to train, {model.Options.Queries} queries; short side {model.Options.Size}, {backend.Threads} threads.");
        AnsiConsole.MarkupLineInterpolated($"{plan.Text}");
        if (plan.Warning is { } warning)
        {
            await Console.Error.WriteLineAsync(warning).ConfigureAwait(false);
        }

        if (model.Options.Backbone.Dilation && plan.BatchSize > 1)
        {
            await Console.Error.WriteLineAsync($"With --dilation padding costs most: training pads batches of {plan.BatchSize} to one size, and evaluation shows one picture at a time, unpadded; --batch-size 1 --accumulate {plan.BatchSize} trains as it is evaluated.").ConfigureAwait(false);
        }

        EpochReport? last = null;
        display.Run(() => last = run.Run(cancellation));
        Report(folder, run, last, cancellation);
    }

    /// <summary>Evaluates masks on a detector that stays as it is: its boxes once, for they stay, too.</summary>
    private static Func<DetrModel, CancellationToken, EvaluationResult> PanopticEvaluations(IPanopticDataset unseen, IReadOnlyList<Category> categories, ResizeShortSide resize, CpuBackend backend)
    {
        EvaluationResult? boxes = null;
        return (model, stop) =>
        {
            boxes ??= ModelEvaluation.Evaluate(model, categories, unseen, resize, backend, null, stop);
            return boxes with { Panoptic = PanopticEvaluation.Evaluate(model, categories, unseen, resize, backend, cancellationToken: stop) };
        };
    }

    private static bool IsResumed(ParseResult parsed) => parsed.GetResult(Resume) is not null;

    /// <summary>What must not happen by mistake: a run that is lost, or a resumption of none.</summary>
    private static void Refuse(ParseResult parsed, string folder, bool isResumed)
    {
        bool exists = File.Exists(TrainingRun.CheckpointFile(folder));
        if (isResumed && !exists)
        {
            throw new InputException($"There is no run to go on with in {folder}: it has no checkpoint.safetensors; begin one without --resume.");
        }

        if (exists && !isResumed && !parsed.GetValue(Overwrite))
        {
            throw new InputException($"{folder} holds a run already; go on with it by --resume, give another --out, or give it up by --overwrite.");
        }

        if (parsed.GetValue(SaveEvery) < 1)
        {
            throw new InputException("--save-every is at least 1.");
        }
    }

    /// <summary>What would spoil the evaluations, which come hours later.</summary>
    private static void Compare(ParseResult parsed, IDetectionDataset training, IDetectionDataset? validation, CancellationToken cancellation)
    {
        if (validation is null)
        {
            if (Schedule.Patience(parsed) > 0)
            {
                throw new InputException("--patience waits for evaluations, and there are none; give --val-split, and more than 0 --evaluations.");
            }

            return;
        }

        CategoryMatch match = new(training.Categories, validation.Categories);
        string[] absent = [.. training.Categories.Where(category => match.DatasetId(category.Id) is null).Select(category => category.Name)];
        if (match.Unknown.Count > 0 || absent.Length > 0)
        {
            string unknown = match.Unknown.Count > 0 ? $"{string.Join(", ", match.Unknown.Select(category => category.Name))} not in the training split, so they will not be found" : string.Empty;
            string missing = absent.Length > 0 ? $"{string.Join(", ", absent)} not in the validation split, so they will not be scored" : string.Empty;
            Console.Error.WriteLine($"Training and validation have different categories: {string.Join("; ", new[] { unknown, missing }.Where(text => text.Length > 0))}.");
        }

        (string trained, string evaluated) = (parsed.GetRequiredValue(TrainSplit), parsed.GetRequiredValue(ValidationSplit));
        if (SplitCheck.Shared((trained, training), (evaluated, validation), cancellation) is [var first, ..] shared)
        {
            Console.Error.WriteLine(FormattableString.Invariant(
                $"{shared.Count:N0} of {validation.Count:N0} pictures of {evaluated} are in {trained}, too ({first.Description}{(shared.Count > 1 ? ", …" : string.Empty)}): the AP will praise what was learned by heart; detr data lists them."));
        }
    }

    /// <summary>The model to train, and the pictures with its classes.</summary>
    private static async Task<(DetrModel Model, IDetectionDataset Scenes)> CreateAsync(
        ParseResult parsed, string folder, IDetectionDataset scenes, int mostObjects, TrainingSituation situation, CancellationToken cancellation)
    {
        ulong seed = parsed.GetValue(Seed);
        if (IsResumed(parsed))
        {
            return parsed.GetValue(Resume) is { } reference ? ById(Start.FromReference(parsed, reference)) : Start.FromRun(parsed, folder, scenes);
        }

        if (Start.FrozenWeights(parsed) is { } frozen)
        {
            return await Start.FromFrozenAsync(parsed, frozen, scenes, seed, cancellation).ConfigureAwait(false);
        }

        DetrModel model = parsed.GetValue(Start.Pretrained) is { } pretrained
            ? await Start.FromPretrainedAsync(parsed, pretrained, scenes, seed, cancellation).ConfigureAwait(false)
            : Start.FromScratch(parsed, scenes, mostObjects, situation.IsGenerated ? parsed.GetValue(Data.SceneSize) ?? DataArguments.DefaultSceneSize : null, situation.IsReference, seed);
        return (model, scenes);

        (DetrModel Model, IDetectionDataset Scenes) ById(DetrModel resumed) => (resumed, new ClassesById(scenes, resumed.Options.Classes));
    }

    private static void Report(string folder, TrainingRun run, EpochReport? last, CancellationToken cancellation)
    {
        if (run.HasLostPatience)
        {
            AnsiConsole.MarkupLine("The model gets no better any more; the training ends here.");
        }

        if (run.EvaluateBest(last, cancellation) is { } evaluation)
        {
            ScoredEvaluation scored = ScoredEvaluation.Of(evaluation);
            EvaluationTables.Write(scored);
            if (evaluation.Panoptic is { } panoptic)
            {
                AnsiConsole.Write(PanopticTables.Figures(panoptic));
            }

            EvaluationJson.WriteFile(Path.Combine(folder, "evaluation.json"), scored, panoptic: evaluation.Panoptic);
            AnsiConsole.MarkupLineInterpolated($"These are the figures of the best weights, {TrainingRun.BestFile(folder)}.");
        }

        AnsiConsole.MarkupLineInterpolated($"The last weights are {TrainingRun.ModelFileOf(folder)}.");
    }
}
