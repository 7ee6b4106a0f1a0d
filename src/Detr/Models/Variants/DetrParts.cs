using Detr.Tensors;

namespace Detr.Models;

/// <summary>What a detector is composed of between its backbone and its predictions.</summary>
/// <param name="Projection">From the backbone's maps to maps of the transformer's channels.</param>
/// <param name="Encoder">What lets cells look at each other.</param>
/// <param name="Queries">What object queries begin as.</param>
/// <param name="Decoder">What lets queries look at each other and at the cells, and says where their boxes are.</param>
/// <param name="ClassHeads">What reads classes from queries, one a decoder layer; a shared one stands there several times.</param>
internal sealed record DetrParts(IFeatureProjection Projection, IEncoder Encoder, IQuerySource Queries, Decoder Decoder, IReadOnlyList<Linear> ClassHeads)
{
    /// <summary>Parts whose decoder layers share one class head.</summary>
    internal DetrParts(IFeatureProjection projection, IEncoder encoder, IQuerySource queries, Decoder decoder, Linear classHead)
        : this(projection, encoder, queries, decoder, [.. Enumerable.Repeat(classHead, decoder.LayerCount)])
    {
    }

    /// <summary>Composes a model's parts and adds their parameters.</summary>
    /// <param name="parameters">Takes them.</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="options">The model's shape.</param>
    /// <exception cref="ArgumentException">There is no such variant, or its options do not go together.</exception>
    internal static DetrParts Compose(ParameterSet parameters, string prefix, DetrOptions options) => options.Variant switch
    {
        not DetrVariant.Detr when options.Transformer.PreNorm
            => throw new ArgumentException($"{options.Variant} has its norms after each part; before it they are {DetrVariant.Detr}'s alone.", nameof(options)),
        DetrVariant.Detr => OriginalDetr.Compose(parameters, prefix, options),
        DetrVariant.ConditionalDetr => ConditionalDetr.Compose(parameters, prefix, options),
        DetrVariant.DabDetr or DetrVariant.DnDetr => DabDetr.Compose(parameters, prefix, options),
        DetrVariant.DeformableDetr => DeformableDetr.Compose(parameters, prefix, options),
        DetrVariant.Dino => Dino.Compose(parameters, prefix, options),
        _ => throw new ArgumentException($"There is no detector {options.Variant}.", nameof(options)),
    };
}
