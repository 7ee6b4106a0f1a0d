using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// DETR (Carion et al. 2020): a backbone's features as tokens, a transformer that turns object queries into objects, and
/// two heads that read class and box from each query.
/// </summary>
public sealed class DetrModel : IDetectionModel
{
    private readonly Parameter _inputWeight;
    private readonly Parameter _inputBias;
    private readonly Transformer _transformer;
    private readonly Parameter _queries;
    private readonly Linear _classHead;
    private readonly BoxHead _boxHead;

    /// <summary>Makes a model whose weights are not set; see <see cref="DetrInitialization"/> or load a checkpoint.</summary>
    /// <param name="options">The shape.</param>
    /// <param name="prefix">What stands before every parameter's name; panoptic models have <c>detr.</c>.</param>
    public DetrModel(DetrOptions options, string prefix = "")
    {
        Options = options;
        Prefix = prefix;
        int channels = options.Transformer.Channels;
        _transformer = new Transformer(Parameters, $"{prefix}transformer.", options.Transformer, encoderNorm: options.Transformer.PreNorm);
        _classHead = new Linear(Parameters, $"{prefix}class_embed", channels, options.Classes + 1);
        _boxHead = new BoxHead(Parameters, $"{prefix}bbox_embed", channels);
        _queries = Parameters.Add($"{prefix}query_embed.weight", [options.Queries, channels]);
        _inputWeight = Parameters.Add($"{prefix}input_proj.weight", [channels, options.Backbone.OutputChannels, 1, 1]);
        _inputBias = Parameters.Add($"{prefix}input_proj.bias", [channels]);
        Backbone = new Backbone(Parameters, $"{prefix}backbone.0.body.", options.Backbone);
        PositionEncoding = options.PositionEmbedding == PositionEmbedding.Sine
            ? new SinePositionEncoding(channels, options.SinePosition)
            : new LearnedPositionEncoding(Parameters, $"{prefix}backbone.1.", channels);
    }

    /// <summary>The model's shape.</summary>
    public DetrOptions Options { get; }

    /// <summary>What stands before every parameter's name.</summary>
    public string Prefix { get; }

    /// <summary>The backbone.</summary>
    public Backbone Backbone { get; }

    /// <summary>
    /// The backbone in eight bits, which then takes the backbone's place wherever no gradient is wanted; null for single precision. It was
    /// made from the weights as they were, so who changes them sets it to null.
    /// </summary>
    public QuantizedBackbone? QuantizedBackbone { get; set; }

    /// <summary>Tells the transformer where the cells of the backbone's features are.</summary>
    public IPositionEncoding PositionEncoding { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters { get; } = [];

    /// <inheritdoc/>
    public DetrOutput Forward(ForwardContext context, Tensor image, PaddingMask padding, AuxiliaryOutputs auxiliary = AuxiliaryOutputs.None)
    {
        using Scope scope = context.Scope();
        Tensor features = Features(context, image);
        (int batch, int height, int width) = (features.Shape[0], features.Shape[1], features.Shape[2]);
        PaddingMask cells = padding.Resize(height, width);
        int channels = Options.Transformer.Channels;

        Tensor projected = context.Convolution(features, _inputWeight, ConvolutionGeometry.Pointwise, bias: _inputBias);
        (Tensor source, Tensor position) = Place(context, context.Reshape(projected, [batch, height * width, channels]), PositionEncoding.Forward(context, cells));
        Tensor memory = _transformer.Encode(context, source, position, cells);
        IReadOnlyList<Tensor> decoded = _transformer.Decode(
            context, memory, position, cells, context.Zeros([batch, Options.Queries, channels]), context.Reshape(_queries, [1, Options.Queries, channels]),
            auxiliary.HasFlag(AuxiliaryOutputs.Decoder));

        List<DetrOutput> outputs = [];
        foreach (Tensor x in decoded)
        {
            (Tensor logits, Tensor boxes) = Read(x);
            outputs.Add(new DetrOutput(logits, boxes, []));
        }

        EncoderOutput? encoder = null;
        if (auxiliary.HasFlag(AuxiliaryOutputs.Encoder))
        {
            (Tensor logits, Tensor boxes) = Read(memory);
            encoder = new EncoderOutput(logits, boxes, cells);
        }

        return outputs[^1] with { Auxiliary = outputs[..^1], Encoder = encoder };

        (Tensor Logits, Tensor Boxes) Read(Tensor x) => (scope.Keep(_classHead.Forward(context, x)), scope.Keep(context.Sigmoid(_boxHead.Forward(context, x))));
    }

    /// <summary>The encoder's input, and what is added where queries and keys are made.</summary>
    private (Tensor Source, Tensor Position) Place(ForwardContext context, Tensor source, Tensor position)
        => (Options.Transformer.HasPositionAtInput ? context.Add(source, position) : source,
            Options.Transformer.HasPositionAtAttention ? position : context.Zeros(source.Shape));

    /// <summary>What needs no gradient runs as it does without a tape: in eight bits if it can, and letting each map go at once.</summary>
    private Tensor Features(ForwardContext context, Tensor image)
    {
        Tape? tape = context.Tape;
        context.Tape = context.ParametersAreConstants && !context.NeedsGradient(image) ? null : tape;
        try
        {
            return QuantizedBackbone is { } quantized && context is { Tape: null, Training: false } ? quantized.Forward(context, image) : Backbone.Forward(context, image);
        }
        finally
        {
            context.Tape = tape;
        }
    }
}
