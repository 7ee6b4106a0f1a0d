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

    /// <summary>The published or earlier model to begin with.</summary>
    internal Option<string?> Pretrained { get; } = Weights.CreateOption("--pretrained", "Begins with another model's weights, of a file or of published ones such as detr_resnet50: what fits is kept, and the rest is named.");

    internal void AddTo(Command command) => command.Add(_freeze);

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
    internal DetrModel FromRun(ParseResult parsed, string folder, IDetectionDataset data)
    {
        (DetrModel resumed, IReadOnlyList<Category> categories) = ModelFile.Load(TrainingRun.CheckpointFile(folder));
        if (!categories.SequenceEqual(data.Categories))
        {
            throw new InputException($"The run in {folder} was begun with other categories than the data has; begin anew with --pretrained.");
        }

        Freeze(resumed, FrozenParts(parsed));
        return resumed;
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
