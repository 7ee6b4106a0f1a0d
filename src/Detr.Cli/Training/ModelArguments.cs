using System.CommandLine;
using Detr.Models;

namespace Detr.Cli.Training;

/// <summary>The options of <c>train</c> that shape the model, under the reference's names.</summary>
internal sealed class ModelArguments
{
    private const string SmallBackbone = "small";
    private const int FewestQueries = 20;

    private readonly Option<string> _backbone = new("--backbone")
    {
        Description = "small (trains on a laptop), resnet18, resnet34, resnet50 or resnet101.", DefaultValueFactory = _ => SmallBackbone,
    };

    private readonly Option<bool> _dilation = new("--dilation") { Description = "The last stage keeps its resolution and dilates its kernels (DC5)." };
    private readonly Option<int?> _width = new("--backbone-width") { Description = "Channels of the backbone's first stage; 32 for small, 64 for the others." };
    private readonly Option<string> _position = new("--position-embedding") { Description = "sine or learned.", DefaultValueFactory = _ => "sine" };
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

    /// <summary>The option that help lists first.</summary>
    internal Option First => _backbone;

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _backbone, _dilation, _width, _position, _hidden, _heads, _encoder, _decoder, _feedForward, _dropout, _preNorm, _queries })
        {
            command.Add(option);
        }
    }

    /// <summary>A model to train from scratch.</summary>
    /// <param name="parsed">What the user gave.</param>
    /// <param name="classes">The data's categories.</param>
    /// <param name="mostObjects">Objects in the fullest picture.</param>
    /// <exception cref="InputException">The options do not fit together.</exception>
    internal DetrOptions FromScratch(ParseResult parsed, int classes, int mostObjects)
    {
        string name = parsed.GetRequiredValue(_backbone);
        bool isSmall = name == SmallBackbone;
        int hidden = parsed.GetValue(_hidden) ?? (isSmall ? 128 : 256), heads = parsed.GetValue(_heads) ?? (isSmall ? 4 : 8);
        if (heads < 1 || hidden < 4 || hidden % (4 * heads) != 0)
        {
            throw new InputException($"--hidden-dim {hidden} is not a multiple of 4 and of --nheads {heads}.");
        }

        BackboneOptions backbone = Backbone(name);
        TransformerOptions transformer = new()
        {
            Channels = hidden,
            Heads = heads,
            EncoderLayers = parsed.GetValue(_encoder) ?? (isSmall ? 2 : 6),
            DecoderLayers = parsed.GetValue(_decoder) ?? (isSmall ? 3 : 6),
            FeedForward = parsed.GetValue(_feedForward) ?? (isSmall ? 256 : 2048),
            Dropout = parsed.GetValue(_dropout) ?? (isSmall ? 0f : 0.1f),
            PreNorm = parsed.GetValue(_preNorm),
        };
        int queries = parsed.GetValue(_queries) ?? Math.Max(FewestQueries, (int)Math.Ceiling(mostObjects * 0.15) * 10);
        if (transformer.EncoderLayers < 0 || transformer.DecoderLayers < 1 || transformer.FeedForward < 1 || queries < 1 || transformer.Dropout is not (>= 0 and < 1) || parsed.GetValue(_width) < 1)
        {
            throw new InputException("--dec-layers, --dim-feedforward, --num-queries and --backbone-width are at least 1, --enc-layers at least 0, and --dropout is from 0 to below 1.");
        }

        return new DetrOptions
        {
            Backbone = backbone with { Width = parsed.GetValue(_width) ?? backbone.Width, Dilation = parsed.GetValue(_dilation), Norm = BackboneNorm.Batch },
            Transformer = transformer,
            PositionEmbedding = Position(parsed.GetRequiredValue(_position)),
            Queries = queries,
            Classes = classes,
        };
    }

    /// <summary>A pretrained model's shape with what the user changed about it.</summary>
    internal DetrOptions FromPretrained(ParseResult parsed, DetrOptions pretrained, int classes) => pretrained with
    {
        Classes = classes,
        Queries = parsed.GetValue(_queries) ?? pretrained.Queries,
        Transformer = pretrained.Transformer with { Dropout = parsed.GetValue(_dropout) ?? pretrained.Transformer.Dropout },
    };

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

    private static PositionEmbedding Position(string name) => name switch
    {
        "sine" => PositionEmbedding.Sine,
        "learned" => PositionEmbedding.Learned,
        _ => throw new InputException($"--position-embedding {name} is not known; there are sine and learned."),
    };
}
