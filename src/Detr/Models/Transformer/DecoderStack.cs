using Detr.Tensors;

namespace Detr.Models;

/// <summary>The layers of the family's decoders, which differ in how queries look at each other and at the image.</summary>
/// <param name="parameters">Takes the layers' parameters.</param>
/// <param name="name">What stands before each layer's number.</param>
/// <param name="options">The shape.</param>
internal sealed class DecoderStack(ParameterSet parameters, string name, TransformerOptions options)
{
    /// <summary>DETR's: queries attend to all cells, with positions added.</summary>
    internal DecoderLayer[] Dense() => Layers(i => Layer(
        i, new DenseQueryAttention(parameters, Name(i), options), new DenseImageAttention(parameters, Name(i), options), "norm1", "norm2"));

    /// <summary>Deformable DETR's: queries sample a few places of the image. Its authors count the norms in another order.</summary>
    internal DecoderLayer[] Sampling(DeformableOptions deformable) => Layers(i => Layer(
        i, new DenseQueryAttention(parameters, Name(i), options), new DeformableImageAttention(parameters, Name(i), options, deformable), "norm2", "norm1"));

    /// <summary>Conditional DETR's: queries attend by what they are and by where they are apart.</summary>
    /// <param name="learnsSlope">Whether feed-forward parts have a PReLU instead of a ReLU.</param>
    internal DecoderLayer[] Conditional(bool learnsSlope) => Layers(i => Layer(
        i, new ConditionalQueryAttention(parameters, Name(i), options), new ConditionalImageAttention(parameters, Name(i), options, isFirst: i == 0), "norm1", "norm2", learnsSlope));

    private DecoderLayer[] Layers(Func<int, DecoderLayer> layer) => [.. Enumerable.Range(0, options.DecoderLayers).Select(layer)];

    private DecoderLayer Layer(int i, IQueryAttention queries, IImageAttention image, string queriesNorm, string imageNorm, bool learnsSlope = false) => new(
        queries, image, new FeedForward(parameters, Name(i), options.Channels, options.FeedForward, options.Dropout, learnsSlope),
        (Residual(i, queriesNorm), Residual(i, imageNorm), Residual(i, "norm3")));

    private Residual Residual(int i, string norm) => new(parameters, $"{Name(i)}.{norm}", options);

    private string Name(int i) => $"{name}.{i}";
}
