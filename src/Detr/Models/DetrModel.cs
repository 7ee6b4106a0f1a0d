using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// DETR (Carion et al. 2020): a backbone's features as tokens, a transformer that turns object queries into objects, and
/// two heads that read class and box from each query.
/// </summary>
public sealed class DetrModel : IDetectionModel
{
    /// <summary>What stands before the names of a detector's parameters where a mask head stands on it.</summary>
    internal const string DetectorPrefix = "detr.";

    private readonly Parameter _inputWeight;
    private readonly Parameter _inputBias;
    private readonly Transformer _transformer;
    private readonly Parameter _queries;
    private readonly Linear _classHead;
    private readonly BoxHead _boxHead;

    /// <summary>Makes a model whose weights are not set; see <see cref="DetrInitialization"/> or load a checkpoint.</summary>
    /// <param name="options">The shape.</param>
    /// <exception cref="ArgumentException">Its sizes do not go together.</exception>
    public DetrModel(DetrOptions options)
    {
        Options = options;
        string prefix = Prefix = options.Masks ? DetectorPrefix : string.Empty;
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
        MaskHead = options.Masks ? new MaskHead(Parameters, options) : null;
    }

    /// <summary>The model's shape.</summary>
    public DetrOptions Options { get; }

    /// <summary>What stands before the name of every parameter that is not the mask head's: <c>detr.</c> where there is one, else nothing.</summary>
    public string Prefix { get; }

    /// <summary>The backbone.</summary>
    public Backbone Backbone { get; }

    /// <summary>What makes masks of queries; null for a detector alone.</summary>
    public MaskHead? MaskHead { get; }

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
        => Decode(context, Encode(context, Tokenize(context, image, padding, auxiliary)), auxiliary);

    /// <summary>The first part of a pass: the backbone's features as tokens. Who runs the rest several times, with other heads say, does this once.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="image">[batch, 3, height, width], normalised, zero where padded.</param>
    /// <param name="padding">Which pixels are padding.</param>
    /// <param name="auxiliary">What will be asked of <see cref="Decode"/>: masks need more of the backbone than boxes do.</param>
    /// <returns>The encoder's input.</returns>
    public ImageTokens Tokenize(ForwardContext context, Tensor image, PaddingMask padding, AuxiliaryOutputs auxiliary = AuxiliaryOutputs.None)
    {
        using Scope scope = context.Scope();
        bool masks = auxiliary.HasFlag(AuxiliaryOutputs.Masks) && MaskHead is not null;
        IReadOnlyList<Tensor> stages = Features(context, image, all: masks);
        Tensor features = stages[^1];
        (int batch, int height, int width) = (features.Shape[0], features.Shape[1], features.Shape[2]);
        PaddingMask cells = padding.Resize(height, width);
        Tensor projected = context.Convolution(features, _inputWeight, ConvolutionGeometry.Pointwise, bias: _inputBias);
        Tensor source = context.Reshape(projected, [batch, height * width, Options.Transformer.Channels]), position = PositionEncoding.Forward(context, cells);
        return new ImageTokens(scope.Keep(Options.Transformer.HasPositionAtInput ? context.Add(source, position) : source), scope.Keep(position), cells)
        {
            MaskSource = masks ? new MaskSource(scope.Keep(projected), padding, [.. stages.Select(stage => scope.Keep(stage))]) : null,
        };
    }

    /// <summary>The second part of a pass.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="tokens">The encoder's input.</param>
    /// <returns>The encoder's result.</returns>
    public ImageTokens Encode(ForwardContext context, ImageTokens tokens)
    {
        using Scope scope = context.Scope();
        Tensor position = PositionIf(context, Options.Transformer.HasPositionInEncoder, tokens.Position);
        return tokens with { Values = scope.Keep(_transformer.Encode(context, tokens.Values, position, tokens.Cells)) };
    }

    /// <summary>The last part of a pass.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="memory">The encoder's result.</param>
    /// <param name="auxiliary">Which predictions are wanted beside the last decoder layer's.</param>
    public DetrOutput Decode(ForwardContext context, ImageTokens memory, AuxiliaryOutputs auxiliary = AuxiliaryOutputs.None)
    {
        using Scope scope = context.Scope();
        (int batch, int channels) = (memory.Values.Shape[0], Options.Transformer.Channels);
        Tensor position = PositionIf(context, Options.Transformer.HasPositionInDecoder, memory.Position);
        IReadOnlyList<Tensor> decoded = _transformer.Decode(
            context, memory.Values, position, memory.Cells, context.Zeros([batch, Options.Queries, channels]), context.Reshape(_queries, [1, Options.Queries, channels]),
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
            (Tensor logits, Tensor boxes) = Read(memory.Values);
            encoder = new EncoderOutput(logits, boxes, memory.Cells);
        }

        MaskInputs? inputs = auxiliary.HasFlag(AuxiliaryOutputs.Masks) && memory.MaskSource is { } masks
            ? new MaskInputs(scope.Keep(decoded[^1]), memory.Values, masks.Projected, memory.Cells, masks.Padding, masks.Stages)
            : null;
        return outputs[^1] with { Auxiliary = outputs[..^1], Encoder = encoder, Masks = inputs };

        (Tensor Logits, Tensor Boxes) Read(Tensor x) => (scope.Keep(_classHead.Forward(context, x)), scope.Keep(context.Sigmoid(_boxHead.Forward(context, x))));
    }

    /// <summary>What a part adds where queries and keys are made.</summary>
    private static Tensor PositionIf(ForwardContext context, bool isWanted, Tensor position) => isWanted ? position : context.Zeros(position.Shape);

    /// <summary>What needs no gradient runs as it does without a tape: in eight bits if it can, and letting each map go at once.</summary>
    private IReadOnlyList<Tensor> Features(ForwardContext context, Tensor image, bool all)
    {
        Tape? tape = context.Tape;
        context.Tape = context.ParametersAreConstants && !context.NeedsGradient(image) ? null : tape;
        try
        {
            bool inBytes = QuantizedBackbone is not null && context is { Tape: null, Training: false };
            return (inBytes, all) switch
            {
                (true, true) => QuantizedBackbone!.ForwardAll(context, image),
                (true, false) => [QuantizedBackbone!.Forward(context, image)],
                (false, true) => Backbone.ForwardAll(context, image),
                (false, false) => [Backbone.Forward(context, image)],
            };
        }
        finally
        {
            context.Tape = tape;
        }
    }
}
