using System.CommandLine;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;
using Spectre.Console;

namespace Detr.Cli.Training;

/// <summary>The model that a training begins with: a fresh one, one with another's weights, or that of the run that goes on.</summary>
/// <param name="model">The options of the model's shape.</param>
/// <param name="resize">The options of its pictures' size.</param>
internal sealed class StartingModel(ModelArguments model, ResizeArguments resize)
{
    private const int SizeFromScratch = 320;
    private const int NamesListed = 4;

    private readonly Option<string?> _freeze = new("--freeze")
    {
        HelpName = "PART,…", Description = $"Parts of a pretrained model that training leaves as they are: {string.Join(", ", TrainableParts.Names)}.",
    };

    private readonly Option<string?> _frozen = Weights.CreateOption(
        "--frozen-weights", "With --masks, the second of two stages: a detector that is trained already stays as it is, and the mask head on it learns alone.");

    /// <summary>The published or earlier model to begin with.</summary>
    internal Option<string?> Pretrained { get; } = Weights.CreateOption("--pretrained", "Begins with another model's weights, of a file or of published ones such as detr_resnet50: what fits is kept, and the rest is named.");

    internal void AddTo(Command command)
    {
        command.Add(_freeze);
        command.Add(_frozen);
    }

    /// <summary>The detector that a mask head is to be trained on; null for none.</summary>
    /// <exception cref="InputException">It does not go with the other options.</exception>
    internal string? FrozenWeights(ParseResult parsed)
    {
        string? frozen = parsed.GetValue(_frozen);
        return frozen is not null && (!model.WantsMasks(parsed) || parsed.GetValue(Pretrained) is not null)
            ? throw new InputException("--frozen-weights trains a mask head on a detector that stays as it is: give --masks, and no --pretrained.")
            : frozen;
    }

    /// <summary>A trained detector, frozen, with a mask head that begins anew, or goes on where the detector has one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="frozen">The detector.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="seed">Decides the head's weights.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The model, and the pictures with the detector's classes.</returns>
    internal async Task<(DetrModel Model, IDetectionDataset Data)> FromFrozenAsync(
        ParseResult parsed, string frozen, IDetectionDataset data, ulong seed, CancellationToken cancellation)
    {
        (DetrModel source, IReadOnlyList<Category> categories) = ModelFile.Load(await Weights.ResolveAsync(frozen, cancellation).ConfigureAwait(false));
        bool isById = IsById(categories);
        string[] unknown = [.. data.Categories.Where(category => !categories.Any(known => known.Id == category.Id && known.Name.Equals(category.Name, StringComparison.OrdinalIgnoreCase))).Select(category => category.Name)];
        if (unknown.Length > 0 || (!isById && !categories.SequenceEqual(data.Categories)))
        {
            throw new InputException($"The detector in {frozen} was trained for other categories than the data has{(unknown.Length > 0 ? $" (it lacks {List(unknown)})" : string.Empty)}, and it stays as it is; train it on this data first.");
        }

        DetrModel target = new(WithSize(parsed, source.Options with { Masks = true }));
        DetrInitialization.Initialize(target, new RandomStream(seed));
        PretrainedWeights.Copy(source, categories, target, categories);
        TrainableParts.FreezeDetector(target);
        return (target, isById ? new ClassesById(data, target.Options.Classes) : data);
    }

    /// <summary>A model to train from scratch on pictures of a size.</summary>
    /// <param name="parsed">What the user gave.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="mostObjects">Objects in the fullest of them.</param>
    /// <param name="sceneSize">The side of generated scenes; null for photographs.</param>
    /// <param name="isReference">Whether defaults are the reference's.</param>
    /// <param name="seed">Decides the weights.</param>
    internal DetrModel FromScratch(ParseResult parsed, IDetectionDataset data, int mostObjects, int? sceneSize, bool isReference, ulong seed)
    {
        if (parsed.GetValue(_freeze) is not null)
        {
            throw new InputException("--freeze keeps parts of a model as they were, and there is none yet; give --pretrained.");
        }

        DetrOptions options = model.FromScratch(parsed, data.Categories.Count, mostObjects, isReference);
        if (!isReference || sceneSize is not null)
        {
            int size = resize.Read(parsed).Size ?? sceneSize ?? SizeFromScratch;
            options = options with { Size = size, MaximumSize = size * 5 / 3 };
        }

        DetrModel fresh = new(WithSize(parsed, options));
        DetrInitialization.Initialize(fresh, new RandomStream(seed));
        if (model.SpreadsQueries(parsed, fresh.Options, isReference))
        {
            QuerySpread.Initialize(fresh);
        }

        return fresh;
    }

    /// <summary>A model with what fits of another's weights; says what that is.</summary>
    internal async Task<DetrModel> FromPretrainedAsync(ParseResult parsed, string pretrained, IDetectionDataset data, ulong seed, CancellationToken cancellation)
    {
        string[] frozen = FrozenParts(parsed);
        (DetrModel source, IReadOnlyList<Category> categories) = ModelFile.Load(await Weights.ResolveAsync(pretrained, cancellation).ConfigureAwait(false));
        DetrOptions options = WithSize(parsed, model.FromPretrained(parsed, source.Options, data.Categories.Count));
        if (frozen.Contains(TrainableParts.Backbone, StringComparer.Ordinal))
        {
            // Norms that learn would follow the new pictures' statistics.
            options = options with { Backbone = options.Backbone with { Norm = BackboneNorm.Frozen } };
        }

        DetrModel target = new(options);
        DetrInitialization.Initialize(target, new RandomStream(seed));
        PretrainedWeights report = PretrainedWeights.Copy(source, categories, target, data.Categories);
        AnsiConsole.MarkupLineInterpolated($"From {pretrained}: {report.Kept.Count} tensors kept; dropped: {List(report.Dropped)}; missing, so begun anew: {List(report.Missing)}; classes known by name: {List(report.KnownClasses)}.");
        if (report.NewQueries > 0)
        {
            await Console.Error.WriteLineAsync($"The model grows from {source.Options.Queries} object queries to {target.Options.Queries}; the {report.NewQueries} new ones begin anew and take long to learn.").ConfigureAwait(false);
        }

        Freeze(target, frozen);
        return target;
    }

    /// <summary>The model of the run that goes on.</summary>
    internal (DetrModel Model, IDetectionDataset Data) FromRun(ParseResult parsed, string folder, IDetectionDataset data)
    {
        (DetrModel resumed, IReadOnlyList<Category> categories) = ModelFile.Load(TrainingRun.CheckpointFile(folder));
        bool isFrozen = FrozenWeights(parsed) is not null;
        if (isFrozen && IsById(categories))
        {
            data = new ClassesById(data, resumed.Options.Classes);
        }

        if (!categories.SequenceEqual(data.Categories))
        {
            throw new InputException($"The run in {folder} was begun with other categories than the data has; begin anew with --pretrained.");
        }

        Freeze(resumed, FrozenParts(parsed));
        if (isFrozen)
        {
            TrainableParts.FreezeDetector(resumed);
        }

        return (resumed, data);
    }

    /// <summary>The model of a training that the reference's main program began.</summary>
    internal DetrModel FromReference(ParseResult parsed, string path)
    {
        // The file does not say the pictures' size.
        (DetrModel source, IReadOnlyList<Category> categories) = ModelFile.Load(path);
        DetrModel resumed = new(WithSize(parsed, source.Options));
        PretrainedWeights.Copy(source, categories, resumed, categories);
        Freeze(resumed, FrozenParts(parsed));
        return resumed;
    }

    /// <summary>Whether classes are counted by their categories' ids, as models of the reference do.</summary>
    private static bool IsById(IReadOnlyList<Category> categories) => categories.Select((category, index) => category.Id == index).All(same => same);

    private string[] FrozenParts(ParseResult parsed)
    {
        string[] parts = (parsed.GetValue(_freeze) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.Find(parts, part => !TrainableParts.Names.Contains(part, StringComparer.Ordinal)) is { } unknown
            ? throw new InputException($"--freeze {unknown} is not a part of a DETR; there are {string.Join(", ", TrainableParts.Names)}.")
            : parts;
    }

    private static void Freeze(DetrModel model, string[] parts)
    {
        if (model.Options.Backbone.Norm == BackboneNorm.Frozen)
        {
            TrainableParts.FreezeAsTheReference(model.Parameters);
        }

        foreach (string part in parts)
        {
            TrainableParts.Freeze(model, part);
        }

        if (!model.Parameters.Any(parameter => parameter.Trainable))
        {
            throw new InputException("--freeze leaves nothing to train; freeze fewer parts.");
        }
    }

    private DetrOptions WithSize(ParseResult parsed, DetrOptions options)
    {
        (int? size, int? maximum) = resize.Read(parsed);
        ResizeShortSide sides = options.Resize(size, maximum);
        return options with { Size = sides.Size, MaximumSize = sides.MaximumSize!.Value };
    }

    private static string List(IReadOnlyList<string> names)
        => names.Count == 0 ? "none" : string.Join(", ", names.Take(NamesListed)) + (names.Count > NamesListed ? $" and {names.Count - NamesListed} more" : string.Empty);
}
