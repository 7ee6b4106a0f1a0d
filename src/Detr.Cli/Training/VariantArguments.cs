using System.CommandLine;
using Detr.Models;

namespace Detr.Cli.Training;

/// <summary>The options of <c>train</c> that choose a detector of DETR's family, and those that only some of them have.</summary>
internal sealed class VariantArguments
{
    // Its last maps, of 8 and of 16 pixels a cell: the next finer one has three times as many cells as both.
    private const int LevelsOfSmallBackbone = 2;

    private readonly Option<string?> _model = new("--model")
    {
        HelpName = "NAME", Description = $"Which detector: {string.Join(", ", DetrPresets.Names)}; detr unless given, or the pretrained model's.",
    };

    private readonly Option<int?> _patterns = new("--num-patterns") { Description = "dab-detr and dn-detr: copies of all queries, each with a learned pattern of its own; none unless given." };
    private readonly Option<int?> _levels = new("--num-feature-levels") { Description = "deformable-detr and dino: feature maps that are looked at; 2 from scratch with the small backbone, else 4." };
    private readonly Option<bool?> _refine = new("--with-box-refine") { Description = "deformable-detr: each decoder layer moves the boxes of the one before; from scratch it does, unless this is false." };
    private readonly Option<bool> _twoStage = new("--two-stage") { Description = "deformable-detr: queries begin where the encoder proposes objects, and layers move boxes, too." };

    /// <summary>The option that chooses.</summary>
    internal Option Model => _model;

    /// <summary>Those that only some detectors have.</summary>
    internal IReadOnlyList<Option> Special => [_patterns, _levels, _refine, _twoStage];

    /// <summary>The detector that was asked for; null for none.</summary>
    /// <exception cref="InputException">There is none of that name.</exception>
    internal DetrVariant? Of(ParseResult parsed)
    {
        string? name = parsed.GetValue(_model);
        return name is null ? null
            : DetrPresets.Names.Contains(name, StringComparer.Ordinal) ? DetrPresets.Find(name)
            : throw new InputException($"--model {name} is not known; there are {string.Join(", ", DetrPresets.Names)}.");
    }

    /// <summary>How a model from scratch samples, by what was measured (docs/small-data.md).</summary>
    /// <param name="published">The detector as it was published.</param>
    /// <param name="isSmall">Whether it will have the small backbone.</param>
    internal static DeformableOptions FromScratch(DetrOptions published, bool isSmall) => published.HasDeformableAttention
        ? published.Deformable with { BoxRefinement = true, Levels = isSmall ? LevelsOfSmallBackbone : published.Deformable.Levels }
        : published.Deformable;

    /// <summary>A shape with what was asked for.</summary>
    /// <exception cref="InputException">Its detector has no such thing.</exception>
    internal DetrOptions Changed(ParseResult parsed, DetrOptions options)
    {
        bool proposes = parsed.GetValue(_twoStage), refines = parsed.GetValue(_refine) ?? options.Deformable.BoxRefinement;
        int patterns = parsed.GetValue(_patterns) ?? options.QueryPatterns, levels = parsed.GetValue(_levels) ?? options.Deformable.Levels;
        if (parsed.GetValue(_patterns) is not null && (patterns < 0 || options.Variant is not (DetrVariant.DabDetr or DetrVariant.DnDetr)))
        {
            throw new InputException("--num-patterns is at least 0, and for dab-detr and dn-detr alone.");
        }

        if (parsed.GetValue(_levels) is not null && (levels < 1 || !options.HasDeformableAttention))
        {
            throw new InputException("--num-feature-levels is at least 1, and for deformable-detr and dino alone.");
        }

        if ((parsed.GetValue(_refine) is not null || proposes) && options.Variant != DetrVariant.DeformableDetr)
        {
            throw new InputException("--with-box-refine and --two-stage are for deformable-detr alone; dino does both anyway.");
        }

        return options with
        {
            QueryPatterns = patterns,
            Deformable = options.Deformable with
            {
                Levels = levels, BoxRefinement = refines || proposes, TwoStage = proposes || options.Deformable.TwoStage,
            },
        };
    }
}
