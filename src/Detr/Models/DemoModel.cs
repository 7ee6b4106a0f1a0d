using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// The fifty-line DETR of the paper's appendix (A.6): a stock transformer, learnt rows and columns as positions, added to a
/// tenth of the features, and one linear layer for boxes.
/// </summary>
public sealed class DemoModel : IDetectionModel
{
    /// <summary>What features are multiplied by before positions are added.</summary>
    internal const float FeatureScale = 0.1f;

    private readonly Backbone _backbone;
    private readonly Parameter _inputWeight;
    private readonly Parameter _inputBias;
    private readonly TransformerEncoder _encoder;
    private readonly Decoder _decoder;
    private readonly Linear _classHead;
    private readonly Parameter _queries;
    private readonly Parameter _rows;
    private readonly Parameter _columns;
    private readonly int _channels;

    /// <summary>Makes a model whose weights are not set.</summary>
    /// <param name="classes">Classes, without no-object.</param>
    /// <param name="transformer">The transformer's shape.</param>
    public DemoModel(int classes, TransformerOptions transformer)
    {
        Options = transformer;
        _channels = transformer.Channels;
        BackboneOptions backbone = new();
        _backbone = new Backbone(Parameters, "backbone.", backbone);
        _inputWeight = Parameters.Add("conv.weight", [_channels, backbone.OutputChannels, 1, 1]);
        _inputBias = Parameters.Add("conv.bias", [_channels]);
        _encoder = new TransformerEncoder(Parameters, "transformer.encoder", transformer, hasNorm: true);
        DecoderLayer[] layers = new DecoderStack(Parameters, "transformer.decoder.layers", transformer).Dense();
        LayerNorm norm = new(Parameters, "transformer.decoder.norm", _channels);
        _classHead = new Linear(Parameters, "linear_class", _channels, classes + 1);
        Linear boxHead = new(Parameters, "linear_bbox", _channels, 4);
        _decoder = new Decoder(layers, norm, new LearnedQueryPosition(), new DirectBoxes((context, x) => boxHead.Forward(context, x)));
        _queries = Parameters.Add("query_pos", [100, _channels]);
        _rows = Parameters.Add("row_embed", [50, _channels / 2]);
        _columns = Parameters.Add("col_embed", [50, _channels / 2]);
    }

    /// <summary>The transformer's shape; the backbone is ResNet-50.</summary>
    public TransformerOptions Options { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters { get; } = [];

    /// <inheritdoc/>
    /// <remarks>As in the paper's listing, padding is not looked at, queries begin as themselves without a position, and there are no auxiliary predictions.</remarks>
    public DetrOutput Forward(ForwardContext context, Tensor image, PaddingMask padding, AuxiliaryOutputs auxiliary = AuxiliaryOutputs.None, DenoisingQueries? denoising = null)
    {
        using Scope scope = context.Scope();
        Tensor features = context.Convolution(_backbone.Forward(context, image), _inputWeight, ConvolutionGeometry.Pointwise, bias: _inputBias);
        (int batch, int height, int width) = (features.Shape[0], features.Shape[1], features.Shape[2]);
        Tensor grid = context.Zeros([height, width, _channels / 2]);
        Tensor columns = context.GatherRows(_columns, [.. Enumerable.Range(0, width)]);
        Tensor rows = context.Reshape(context.GatherRows(_rows, [.. Enumerable.Range(0, height)]), [height, 1, _channels / 2]);
        Tensor position = context.Reshape(context.Concatenate(2, context.Add(grid, columns), context.Add(grid, rows)), [1, height * width, _channels]);
        Tensor source = context.Add(context.Scale(context.Reshape(features, [batch, height * width, _channels]), FeatureScale), position);

        int queries = _queries.Shape[0];
        Tensor start = context.Add(context.Zeros([batch, queries, _channels]), context.Reshape(_queries, [1, queries, _channels]));
        Tensor nowhere = context.Zeros(source.Shape);
        ImageTokens tokens = new(source, nowhere, [PaddingMask.None(batch, height, width)]);
        tokens = tokens with { Values = _encoder.Forward(context, tokens) };
        DecodedLayer decoded = _decoder.Forward(context, tokens, new DecoderQueries(start) { Embedding = context.Zeros([1, queries, _channels]) }, allLayers: false)[0];
        return new DetrOutput(scope.Keep(_classHead.Forward(context, decoded.Values)), scope.Keep(decoded.Boxes), []);
    }
}
