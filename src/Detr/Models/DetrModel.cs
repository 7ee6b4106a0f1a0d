using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// DETR (Carion et al. 2020) and the detectors that followed: a backbone's features as tokens, a transformer that turns object queries into
/// objects, and heads that read class and box from each query. What differs between them are the parts that they are composed of (<see cref="DetrVariant"/>).
/// </summary>
public sealed class DetrModel : IDetectionModel
{
    /// <summary>What stands before the names of a detector's parameters where a mask head stands on it.</summary>
    internal const string DetectorPrefix = "detr.";

    private readonly DetrParts _parts;

    /// <summary>Makes a model whose weights are not set; see <see cref="DetrInitialization"/> or load a checkpoint.</summary>
    /// <param name="options">The shape.</param>
    /// <param name="elementLimit">The most numbers that it may have, for options that nobody has vouched for.</param>
    /// <exception cref="ArgumentException">Its sizes do not go together, or make a larger model than that.</exception>
    public DetrModel(DetrOptions options, long elementLimit = long.MaxValue)
    {
        options.Check();
        Parameters = new ParameterSet(elementLimit);
        if (options.Masks && options.Variant != DetrVariant.Detr)
        {
            throw new ArgumentException($"A mask head stands on {DetrVariant.Detr} alone, not on {options.Variant}.", nameof(options));
        }

        Options = options;
        Prefix = options.Masks ? DetectorPrefix : string.Empty;
        _parts = DetrParts.Compose(Parameters, Prefix, options);
        Backbone = new Backbone(Parameters, $"{Prefix}backbone.0.body.", options.Backbone);
        PositionEncoding = options.PositionEmbedding == PositionEmbedding.Sine
            ? new SinePositionEncoding(options.Transformer.Channels, options.SinePosition)
            : new LearnedPositionEncoding(Parameters, $"{Prefix}backbone.1.", options.Transformer.Channels);
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
    public ParameterSet Parameters { get; }

    /// <inheritdoc/>
    public DetrOutput Forward(
        ForwardContext context, Tensor image, PaddingMask padding, AuxiliaryOutputs auxiliary = AuxiliaryOutputs.None, DenoisingQueries? denoising = null)
        => Decode(context, Encode(context, Tokenize(context, image, padding, auxiliary)), auxiliary, denoising);

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
        IReadOnlyList<Tensor> stages = Features(context, image, all: masks || _parts.Projection.Stages > 1);
        IReadOnlyList<Tensor> maps = _parts.Projection.Forward(context, [.. stages.TakeLast(_parts.Projection.Stages)]);
        PaddingMask[] levels = [.. maps.Select(map => padding.Resize(map.Shape[1], map.Shape[2]))];
        Tensor source = Row([.. maps.Select(map => context.Reshape(map, [map.Shape[0], map.Shape[1] * map.Shape[2], map.Shape[3]]))]);
        Tensor position = Row([.. levels.Select(Position)]);
        return new ImageTokens(scope.Keep(Options.Transformer.HasPositionAtInput ? context.Add(source, position) : source), scope.Keep(position), levels)
        {
            MaskSource = masks ? new MaskSource(scope.Keep(maps[^1]), padding, [.. stages.Select(stage => scope.Keep(stage))]) : null,
        };

        Tensor Row(Tensor[] levels) => levels is [var only] ? only : context.Concatenate(1, levels);

        Tensor Position(PaddingMask cells, int level)
        {
            Tensor encoding = PositionEncoding.Forward(context, cells);
            return _parts.Projection.LevelPosition(context, level) is { } own ? context.Add(encoding, own) : encoding;
        }
    }

    /// <summary>The cells of the finest feature map, from which <see cref="EncoderOutput"/> is read: what a pass will find, without it.</summary>
    /// <param name="padding">Which pixels are padding.</param>
    internal PaddingMask CellsOf(PaddingMask padding)
    {
        (int height, int width) = Options.Backbone.StageSizes(padding.Height, padding.Width)[^_parts.Projection.Stages];
        return padding.Resize(height, width);
    }

    /// <summary>The second part of a pass.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="tokens">The encoder's input.</param>
    /// <returns>The encoder's result.</returns>
    public ImageTokens Encode(ForwardContext context, ImageTokens tokens)
    {
        using Scope scope = context.Scope();
        return tokens with { Values = scope.Keep(_parts.Encoder.Forward(context, WithPositionIf(context, Options.Transformer.HasPositionInEncoder, tokens))) };
    }

    /// <summary>The last part of a pass.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="memory">The encoder's result.</param>
    /// <param name="auxiliary">Which predictions are wanted beside the last decoder layer's.</param>
    /// <param name="denoising">Noised objects that stand before the queries, in training; null for none.</param>
    /// <exception cref="ArgumentException">There are noised objects, and this detector does not learn from them.</exception>
    public DetrOutput Decode(ForwardContext context, ImageTokens memory, AuxiliaryOutputs auxiliary = AuxiliaryOutputs.None, DenoisingQueries? denoising = null)
    {
        if (denoising is not null && DenoisingRules.Of(Options.Variant) is null)
        {
            throw new ArgumentException($"{Options.Variant} does not learn by denoising.", nameof(denoising));
        }

        using Scope scope = context.Scope();
        ImageTokens placed = WithPositionIf(context, Options.Transformer.HasPositionInDecoder, memory);
        DecoderQueries queries = _parts.Queries.Start(context, placed, denoising);
        IReadOnlyList<DecodedLayer> decoded = _parts.Decoder.Forward(context, placed, queries, auxiliary.HasFlag(AuxiliaryOutputs.Decoder));

        List<DetrOutput> outputs = [];
        for (int i = 0; i < decoded.Count; i++)
        {
            Linear classHead = _parts.ClassHeads[_parts.ClassHeads.Count - decoded.Count + i];
            outputs.Add(new DetrOutput(scope.Keep(classHead.Forward(context, decoded[i].Values)), scope.Keep(decoded[i].Boxes), []) { Scoring = Options.Scoring });
        }

        EncoderOutput? encoder = null;
        if (auxiliary.HasFlag(AuxiliaryOutputs.Encoder))
        {
            ImageTokens cells = memory.Finest(context);
            encoder = new EncoderOutput(scope.Keep(_parts.ClassHeads[^1].Forward(context, cells.Values)), scope.Keep(_parts.Decoder.Boxes.OfCells(context, cells)), cells.Cells);
        }

        MaskInputs? inputs = auxiliary.HasFlag(AuxiliaryOutputs.Masks) && memory.MaskSource is { } masks
            ? new MaskInputs(scope.Keep(decoded[^1].Values), memory.Values, masks.Projected, memory.Cells, masks.Padding, masks.Stages)
            : null;
        DenoisingOutput? restored = null;
        if (denoising is not null)
        {
            restored = new DenoisingOutput(denoising, Layers([.. outputs.Select(output => Part(output, 0, denoising.Slots))]));
            outputs = [.. outputs.Select(output => Part(output, denoising.Slots, output.Boxes.Shape[1] - denoising.Slots))];
        }

        return Layers(outputs) with { Encoder = encoder, Masks = inputs, Proposals = queries.Proposals is { } proposals ? Kept(proposals) : null, Denoising = restored };

        DetrOutput Kept(DetrOutput output) => output with { Logits = scope.Keep(output.Logits), Boxes = scope.Keep(output.Boxes) };

        static DetrOutput Layers(List<DetrOutput> layers) => layers[^1] with { Auxiliary = layers[..^1] };

        DetrOutput Part(DetrOutput output, int first, int count) => output with
        {
            Logits = scope.Keep(context.Slice(output.Logits, 1, first, count)),
            Boxes = scope.Keep(context.Slice(output.Boxes, 1, first, count)),
        };
    }

    /// <summary>Cells with their positions as attention adds them.</summary>
    private static ImageTokens WithPositionIf(ForwardContext context, bool isWanted, ImageTokens tokens)
        => isWanted ? tokens : tokens with { Position = context.Zeros(tokens.Position.Shape) };

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
