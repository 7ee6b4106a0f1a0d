using Detr.Models;
using Detr.Tensors;

namespace Detr.Onnx.Tests;

/// <summary>Every configuration that a model can have, with few channels, and weights that leave no factor at 1 and no term at 0.</summary>
internal static class SmallModels
{
    private static readonly TransformerOptions Transformer = new() { Channels = 16, Heads = 2, EncoderLayers = 2, DecoderLayers = 2, FeedForward = 24 };

    private static readonly SinePositionOptions Cooler = new() { Temperature = 20 };

    private static readonly Dictionary<string, DetrOptions> Configurations = new(StringComparer.Ordinal)
    {
        ["small"] = Options("small"),
        ["resnet18"] = Options("resnet18"),
        ["resnet34"] = Options("resnet34"),
        ["resnet50"] = Options("resnet50"),
        ["resnet101"] = Options("resnet101"),
        ["resnet18 dc5"] = Options("resnet18", dilation: true),
        ["resnet50 dc5"] = Options("resnet50", dilation: true),
        ["batch norm"] = Options("small", norm: BackboneNorm.Batch),
        ["learned positions"] = Options("small") with { PositionEmbedding = PositionEmbedding.Learned },
        ["positions at the input"] = Options("small") with { Transformer = Transformer with { PositionAt = PositionPlacement.Input } },
        ["positions in the decoder"] = Options("small") with { Transformer = Transformer with { PositionAt = PositionPlacement.Decoder } },
        ["positions at the input too"] = Options("small") with { Transformer = Transformer with { PositionAt = PositionPlacement.Both } },
        ["short waves"] = Options("small") with { SinePosition = new SinePositionOptions { Temperature = 100, Repeats = 8 } },
        ["pre-norm"] = Options("small") with { Transformer = Transformer with { PreNorm = true } },
        ["one decoder layer, four heads"] = Options("small") with { Transformer = Transformer with { Heads = 4, EncoderLayers = 3, DecoderLayers = 1 } },
        ["mask head left aside"] = Options("small") with { Masks = true },
        ["conditional"] = Options("small") with { Variant = DetrVariant.ConditionalDetr },
        ["conditional, learned positions"] = Options("small") with { Variant = DetrVariant.ConditionalDetr, PositionEmbedding = PositionEmbedding.Learned },
        ["conditional, positions at the input"] = Options("small") with { Variant = DetrVariant.ConditionalDetr, Transformer = Transformer with { PositionAt = PositionPlacement.Input } },
        ["dab"] = Options("small") with { Variant = DetrVariant.DabDetr, SinePosition = Cooler },
        ["dab, patterns, three layers"] = Options("small") with { Variant = DetrVariant.DabDetr, QueryPatterns = 3, Transformer = Transformer with { EncoderLayers = 3, DecoderLayers = 3 } },
        ["dn"] = Options("small") with { Variant = DetrVariant.DnDetr, SinePosition = Cooler },
        ["dn, patterns"] = Options("small") with { Variant = DetrVariant.DnDetr, QueryPatterns = 2, Transformer = Transformer with { Heads = 4 } },
        ["deformable"] = Deformable(DetrVariant.DeformableDetr),
        ["deformable, one map"] = Deformable(DetrVariant.DeformableDetr, levels: 1, points: 2),
        ["deformable, refined"] = Deformable(DetrVariant.DeformableDetr, levels: 3, refines: true),
        ["deformable, two stages"] = Deformable(DetrVariant.DeformableDetr, refines: true, twoStage: true),
        ["deformable, two stages, more queries than cells"] = Deformable(DetrVariant.DeformableDetr, levels: 2, refines: true, twoStage: true, queries: 90),
        ["dino"] = Deformable(DetrVariant.Dino),
        ["dino, five levels"] = Deformable(DetrVariant.Dino, levels: 5),
        ["no encoder"] = Options("small") with { Transformer = Transformer with { EncoderLayers = 0 } },
    };

    internal static TheoryData<string> Names => [.. Configurations.Keys];

    internal static DetrModel Detr(string name)
    {
        DetrModel model = new(Configurations[name]);
        ComparableWeights.Fill(model.Parameters);
        return model;
    }

    internal static DemoModel Demo()
    {
        DemoModel model = new(3, Transformer);
        ComparableWeights.Fill(model.Parameters);
        return model;
    }

    // Two channels to each of the norm's groups.
    private static DetrOptions Deformable(DetrVariant variant, int levels = 4, int points = 4, bool refines = false, bool twoStage = false, int queries = 5) => Options("small") with
    {
        Variant = variant,
        Queries = queries,
        Transformer = Transformer with { Channels = 64 },
        SinePosition = variant == DetrVariant.Dino ? Cooler : new SinePositionOptions { HalfCell = true },
        Deformable = new DeformableOptions { Levels = levels, Points = points, BoxRefinement = refines, TwoStage = twoStage },
    };

    private static DetrOptions Options(string backbone, bool dilation = false, BackboneNorm norm = BackboneNorm.Frozen) => new()
    {
        Backbone = BackboneOptions.FromName(backbone) with { Width = 4, Dilation = dilation, Norm = norm },
        Transformer = Transformer,
        Queries = 5,
        Classes = 3,
    };
}
