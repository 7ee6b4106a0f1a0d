using System.CommandLine;
using Detr.Models;

namespace Detr.Cli.Training;

/// <summary>The options of <c>train</c> that shape the model, under the reference's names.</summary>
internal sealed class ModelArguments
{
    private const string SmallBackbone = "small";
    private const string ReferenceBackbone = "resnet50";
    private const int FewestQueries = 20;

    // A query that finds nothing costs a successor little: no class stands for it in the loss.
    private const int FewestQueriesOfSuccessors = 100;

    // Measured on few photographs (docs/small-data.md).
    private static readonly SinePositionOptions _wavesFromScratch = new() { Temperature = 100, Repeats = 8 };

    private readonly VariantArguments _variant = new();
    private readonly Option<string?> _backbone = new("--backbone")
    {
        HelpName = "NAME", Description = "small (trains on a laptop), resnet18, resnet34, resnet50 or resnet101; small unless given.",
    };

    private readonly Option<bool> _dilation = new("--dilation") { Description = "The last stage keeps its resolution and dilates its kernels (DC5)." };
    private readonly Option<int?> _width = new("--backbone-width") { Description = "Channels of the backbone's first stage; 32 for small, 64 for the others." };
    private readonly Option<PositionEmbedding?> _position = new("--position-embedding") { HelpName = "sine or learned", Description = "How cells are told where they are; sine unless given." };
    private readonly Option<PositionPlacement?> _placement = new("--position-at")
    {
        HelpName = "attention, input, both, decoder or none", Description = "Where that is added: to the queries and keys of every attention, as in the paper, once to the encoder's input, or to the decoder's keys alone; both of the first two from scratch, which learns sooner.",
    };

    private readonly Option<double?> _repeats = new("--position-repeats") { HelpName = "TIMES", Description = "How often the shortest wave of sine positions repeats across a picture; 8 from scratch, which tells small objects apart sooner; 1 in the paper." };
    private readonly Option<double?> _temperature = new("--position-temperature") { HelpName = "RATIO", Description = "The ratio of the longest to the shortest wave of sine positions; 100 from scratch, 10000 in the paper." };
    private readonly Option<QueryStart?> _queryStart = new("--query-init") { HelpName = "spread or random", Description = "How object queries begin: each at a place of its own, which is learnt from sooner, or at random as in the paper; spread from scratch with sine positions." };
    private readonly Option<int?> _hidden = new("--hidden-dim") { Description = "Channels of the transformer; 128 with the small backbone, else 256." };
    private readonly Option<int?> _heads = new("--nheads") { Description = "Attention heads; 4 with the small backbone, else 8." };
    private readonly Option<int?> _encoder = new("--enc-layers") { Description = "Encoder layers; 2 with the small backbone, else 6." };
    private readonly Option<int?> _decoder = new("--dec-layers") { Description = "Decoder layers; 3 with the small backbone, else 6." };
    private readonly Option<int?> _feedForward = new("--dim-feedforward") { Description = "Channels inside a transformer layer; 256 with the small backbone, else 2048." };
    private readonly Option<float?> _dropout = new("--dropout") { Description = "The chance that an activation is dropped; 0 with the small backbone, else 0.1." };
    private readonly Option<bool> _preNorm = new("--pre-norm") { Description = "Each part normalises its input instead of its result." };
    private readonly Option<int?> _queries = new("--num-queries")
    {
        Description = "Object queries: the most objects in a picture. Half as many again as the fullest picture has, and at least 20, unless given.",
    };

    private readonly Option<bool> _masks = new("--masks") { Description = "A mask head on the detector learns objects' outlines too; the data has to have masks." };

    /// <summary>The option that help lists first.</summary>
    internal Option First => _variant.Model;

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _variant.Model, _backbone, _dilation, _width, _position, _placement, _repeats, _temperature, _queryStart, _hidden, _heads, _encoder, _decoder, _feedForward, _dropout, _preNorm, _queries, _masks }.Concat(_variant.Special))
        {
            command.Add(option);
        }
    }

    /// <summary>Whether a mask head is asked for.</summary>
    internal bool WantsMasks(ParseResult parsed) => parsed.GetValue(_masks);

    /// <summary>A model to train from scratch.</summary>
    /// <param name="parsed">What the user gave.</param>
    /// <param name="classes">The data's categories.</param>
    /// <param name="mostObjects">Objects in the fullest picture.</param>
    /// <param name="isReference">Whether defaults are the reference's.</param>
    /// <exception cref="InputException">The options do not fit together.</exception>
    internal DetrOptions FromScratch(ParseResult parsed, int classes, int mostObjects, bool isReference)
    {
        DetrOptions published = DetrPresets.Published(_variant.Of(parsed) ?? DetrVariant.Detr);
        bool isOriginal = published.Variant == DetrVariant.Detr;
        string name = parsed.GetValue(_backbone) ?? (isReference ? ReferenceBackbone : SmallBackbone);
        TransformerOptions transformer = name == SmallBackbone
            ? new TransformerOptions { Channels = 128, Heads = 4, EncoderLayers = 2, DecoderLayers = 3, FeedForward = 256, Dropout = 0 }
            : published.Transformer;
        if (!isReference && isOriginal)
        {
            transformer = transformer with { PositionAt = PositionPlacement.Both };
        }

        int fewest = isOriginal ? FewestQueries : FewestQueriesOfSuccessors;
        return Changed(parsed, published with
        {
            Backbone = Backbone(name) with { Norm = BackboneNorm.Batch },
            Transformer = transformer,
            SinePosition = isReference || !isOriginal ? published.SinePosition : _wavesFromScratch,
            Queries = isReference ? published.Queries : Math.Max(fewest, (int)Math.Ceiling(mostObjects * 0.15) * 10),
            Classes = classes,
            Deformable = isReference ? published.Deformable : VariantArguments.FromScratch(published, isSmall: name == SmallBackbone),
        });
    }

    /// <summary>A pretrained model's shape with what the user changed about it.</summary>
    /// <exception cref="InputException">The options do not fit together.</exception>
    internal DetrOptions FromPretrained(ParseResult parsed, DetrOptions pretrained, int classes)
    {
        if (_variant.Of(parsed) is { } variant && variant != pretrained.Variant)
        {
            throw new InputException($"The pretrained model is a {DetrPresets.NameOf(pretrained.Variant)} and no {DetrPresets.NameOf(variant)}; leave --model out, or give another --pretrained.");
        }

        return Changed(parsed, pretrained with
        {
            Backbone = parsed.GetValue(_backbone) is { } name ? Backbone(name) with { Norm = pretrained.Backbone.Norm } : pretrained.Backbone,
            Classes = classes,
        });
    }

    /// <summary>Whether the queries of a fresh model begin at places of their own.</summary>
    /// <exception cref="InputException">They cannot.</exception>
    internal bool SpreadsQueries(ParseResult parsed, DetrOptions options, bool isReference)
    {
        if (!QuerySpread.Suits(options))
        {
            return parsed.GetValue(_queryStart) == QueryStart.Spread
                ? throw new InputException($"--query-init spread is for detr, and for deformable-detr in one stage; the queries of {DetrPresets.NameOf(options.Variant)} have places anyway.")
                : false;
        }

        bool hasPlaces = options.PositionEmbedding == PositionEmbedding.Sine;
        QueryStart start = parsed.GetValue(_queryStart) ?? (hasPlaces && !isReference ? QueryStart.Spread : QueryStart.Random);
        return start == QueryStart.Spread && !hasPlaces
            ? throw new InputException("--query-init spread needs --position-embedding sine: learnt positions mean nothing before they are learnt.")
            : start == QueryStart.Spread;
    }

    private DetrOptions Changed(ParseResult parsed, DetrOptions options)
    {
        TransformerOptions transformer = options.Transformer with
        {
            Channels = parsed.GetValue(_hidden) ?? options.Transformer.Channels,
            Heads = parsed.GetValue(_heads) ?? options.Transformer.Heads,
            EncoderLayers = parsed.GetValue(_encoder) ?? options.Transformer.EncoderLayers,
            DecoderLayers = parsed.GetValue(_decoder) ?? options.Transformer.DecoderLayers,
            FeedForward = parsed.GetValue(_feedForward) ?? options.Transformer.FeedForward,
            Dropout = parsed.GetValue(_dropout) ?? options.Transformer.Dropout,
            PreNorm = parsed.GetValue(_preNorm) || options.Transformer.PreNorm,
            PositionAt = parsed.GetValue(_placement) ?? options.Transformer.PositionAt,
        };
        int queries = parsed.GetValue(_queries) ?? options.Queries;
        if (transformer.Heads < 1 || transformer.Channels < 4 || transformer.Channels % 4 != 0 || transformer.Channels % transformer.Heads != 0)
        {
            throw new InputException($"--hidden-dim {transformer.Channels} is not a multiple of 4 and of --nheads {transformer.Heads}.");
        }

        if (transformer.EncoderLayers < 0 || transformer.DecoderLayers < 1 || transformer.FeedForward < 1 || queries < 1 || transformer.Dropout is not (>= 0 and < 1) || parsed.GetValue(_width) < 1)
        {
            throw new InputException("--dec-layers, --dim-feedforward, --num-queries and --backbone-width are at least 1, --enc-layers at least 0, and --dropout is from 0 to below 1.");
        }

        if (options.Variant != DetrVariant.Detr && (parsed.GetValue(_masks) || parsed.GetValue(_preNorm)))
        {
            throw new InputException("--masks and --pre-norm are for detr alone.");
        }

        if (parsed.GetValue(_repeats) is <= 0 or double.NaN or double.PositiveInfinity || parsed.GetValue(_temperature) is <= 0 or double.NaN or double.PositiveInfinity)
        {
            throw new InputException("--position-repeats and --position-temperature are above 0.");
        }

        return _variant.Changed(parsed, options) with
        {
            SinePosition = options.SinePosition with
            {
                Temperature = parsed.GetValue(_temperature) ?? options.SinePosition.Temperature, Repeats = parsed.GetValue(_repeats) ?? options.SinePosition.Repeats,
            },
            Backbone = options.Backbone with { Width = parsed.GetValue(_width) ?? options.Backbone.Width, Dilation = parsed.GetValue(_dilation) || options.Backbone.Dilation },
            Transformer = transformer,
            PositionEmbedding = parsed.GetValue(_position) ?? options.PositionEmbedding,
            Queries = queries,
            Masks = parsed.GetValue(_masks),
        };
    }

    private static BackboneOptions Backbone(string name)
    {
        try
        {
            return BackboneOptions.FromName(name);
        }
        catch (ArgumentException)
        {
            throw new InputException($"--backbone {name} is not known; there are small, resnet18, resnet34, resnet50 and resnet101.");
        }
    }

    private enum QueryStart
    {
        Spread,
        Random,
    }
}
