using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// From queries to masks (Carion et al. 2020, section 4.4 and figure 8): where each query looks, beside what is there, goes through
/// convolutions that double the resolution step by step and take in the backbone's finer maps, as a feature pyramid does
/// (Lin et al. 2017).
/// </summary>
public sealed class MaskHead
{
    private const int MostLaterals = 3;
    private const string Attention = "bbox_attention";
    private const string Name = "mask_head";
    private const long UsualLimit = 128L << 20;

    // Measured: a query's finest layer holds the coarser map enlarged and the sum, and what coarser layers held is kept for reuse.
    private const double MapsOfAQuery = 4.25;

    private readonly MaskAttention _attention;
    private readonly List<MaskLayer> _layers = [];
    private readonly List<(Parameter Weight, Parameter Bias)> _adapters = [];
    private readonly Parameter _outputWeight;
    private readonly Parameter _outputBias;
    private readonly int _channels;

    /// <summary>Adds the head's parameters.</summary>
    /// <param name="parameters">Takes <c>bbox_attention.…</c> and <c>mask_head.…</c>.</param>
    /// <param name="options">The detector's shape.</param>
    /// <exception cref="ArgumentException">The transformer has too few channels to be halved at every step.</exception>
    internal MaskHead(ParameterSet parameters, DetrOptions options)
    {
        (BackboneOptions backbone, int heads) = (options.Backbone, options.Transformer.Heads);
        _channels = options.Transformer.Channels;
        int laterals = Laterals(backbone);
        if (_channels >> (laterals + 1) == 0)
        {
            throw new ArgumentException($"A mask head halves its channels {laterals + 1} times, which {_channels} are too few for.", nameof(options));
        }

        _attention = new MaskAttention(parameters, Attention, _channels, heads);
        int channels = _channels + heads;
        for (int i = 0; i <= laterals + 1; i++)
        {
            int outputs = i == 0 ? channels : _channels >> i;
            _layers.Add(new MaskLayer(parameters, Name, i + 1, channels, outputs));
            channels = outputs;
        }

        _outputWeight = parameters.Add($"{Name}.out_lay.weight", [1, channels, 3, 3]);
        _outputBias = parameters.Add($"{Name}.out_lay.bias", [1]);
        for (int i = 1; i <= laterals; i++)
        {
            int outputs = _channels >> i;
            _adapters.Add((
                parameters.Add($"{Name}.adapter{i}.weight", [outputs, backbone.StageChannels(backbone.Blocks.Count - 1 - i), 1, 1]),
                parameters.Add($"{Name}.adapter{i}.bias", [outputs])));
        }
    }

    /// <summary>
    /// Bytes that maps of queries may take at a time where no gradient is wanted; one query always goes through. At 800 × 1066 a query of the
    /// published models takes 29 MB.
    /// </summary>
    public long MemoryLimit { get; set; } = UsualLimit;

    /// <summary>
    /// Masks of some of an image's queries, before the sigmoid. Without a tape few queries go through the head at a time, so that memory is
    /// bounded however many there are; with one, their gradients need them all.
    /// </summary>
    /// <param name="context">The pass.</param>
    /// <param name="inputs">What the detector's pass left; see <see cref="AuxiliaryOutputs.Masks"/>.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="queries">Which queries, at least one; a mask for each, in this order.</param>
    /// <returns>[queries, height, width], of the size of the finest map that is taken in: a quarter of the image's, rounded up, in the published models.</returns>
    /// <exception cref="ArgumentException">No query is asked for, or there is no such image or query.</exception>
    public Tensor Forward(ForwardContext context, MaskInputs inputs, int image, IReadOnlyList<int> queries)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)image, (uint)inputs.Queries.Shape[0], nameof(image));
        ArgumentOutOfRangeException.ThrowIfZero(queries.Count, nameof(queries));
        using Scope scope = context.Scope();
        MaskSource source = Prepare(context, inputs, image);
        Tensor objects = context.GatherRows(Of(context, inputs.Queries, image, [inputs.Queries.Shape[1], _channels]), [.. queries]);
        int atOnce = context.Tape is null ? QueriesAtOnce(source) : queries.Count;
        if (atOnce >= queries.Count)
        {
            return scope.Keep(Forward(context, source, objects));
        }

        Tensor masks = context.Allocate([queries.Count, source.Height, source.Width]);
        int pixels = source.Height * source.Width;
        for (int start = 0; start < queries.Count; start += atOnce)
        {
            using Scope part = context.Scope();
            int count = Math.Min(atOnce, queries.Count - start);
            Tensor some = Forward(context, source, context.Slice(objects, 0, start, count));
            context.Backend.CopyBlocks(1, count * pixels, some, 0, 0, masks, 0, start * pixels);
        }

        return scope.Keep(masks);
    }

    /// <summary>Whether a parameter is a mask head's, by the reference's name.</summary>
    internal static bool Owns(string name) => name.StartsWith($"{Attention}.", StringComparison.Ordinal) || name.StartsWith($"{Name}.", StringComparison.Ordinal);

    /// <summary>How many finer maps of a backbone are taken in.</summary>
    internal static int Laterals(BackboneOptions backbone) => Math.Min(MostLaterals, backbone.Blocks.Count - 1);

    private Tensor Forward(ForwardContext context, MaskSource source, Tensor objects)
    {
        using Scope scope = context.Scope();
        Shape cells = source.Shared.Shape;
        Tensor maps = _attention.Forward(context, objects, source.Keys, source.Padded);
        Tensor x = _layers[0].ForwardJoined(context, source.Shared, context.Reshape(maps, [maps.Shape[0], cells[1], cells[2], maps.Shape[2]]));
        x = Next(x, _layers[1].Forward(context, x));
        for (int i = 0; i < source.Laterals.Count; i++)
        {
            x = Next(x, _layers[i + 2].Forward(context, x, source.Laterals[i]));
        }

        Tensor logits = context.Convolution(x, _outputWeight, new ConvolutionGeometry(1, 1), bias: _outputBias);
        return scope.Keep(context.Reshape(logits, [logits.Shape[0], source.Height, source.Width]));

        Tensor Next(Tensor before, Tensor after)
        {
            scope.Release(before);
            return after;
        }
    }

    /// <summary>What all queries of an image share.</summary>
    private MaskSource Prepare(ForwardContext context, MaskInputs inputs, int image)
    {
        (int height, int width) = (inputs.Cells.Height, inputs.Cells.Width);
        Tensor keys = _attention.Keys(context, Of(context, inputs.Memory, image, [height * width, _channels]));
        Tensor shared = _layers[0].Shared(context, context.Slice(inputs.Projected, 0, image, 1));
        bool[] padded = inputs.Cells.HasPadding ? inputs.Cells.Padded.AsSpan(image * height * width, height * width).ToArray() : [];
        List<Tensor> laterals = [];
        for (int i = 0; i < _adapters.Count; i++)
        {
            Tensor map = context.Slice(inputs.Features[^(i + 2)], 0, image, 1);
            laterals.Add(context.Convolution(map, _adapters[i].Weight, ConvolutionGeometry.Pointwise, bias: _adapters[i].Bias));
        }

        return new MaskSource(keys, shared, padded, laterals);
    }

    private static Tensor Of(ForwardContext context, Tensor x, int image, Shape shape) => context.Reshape(context.Slice(x, 0, image, 1), shape);

    private int QueriesAtOnce(MaskSource source)
    {
        long largest = source.Laterals.Append(source.Shared).Max(map => (long)map.Length);
        return (int)Math.Clamp(MemoryLimit / (MapsOfAQuery * sizeof(float) * largest), 1, int.MaxValue);
    }

    /// <param name="Keys">What queries look at.</param>
    /// <param name="Shared">The part of the first layer that is the same for all queries, [1, height, width, channels].</param>
    /// <param name="Padded">Which cells are padding; empty for none.</param>
    /// <param name="Laterals">The backbone's finer maps with the channels that they are added to, the coarsest first.</param>
    private sealed record MaskSource(Tensor Keys, Tensor Shared, bool[] Padded, IReadOnlyList<Tensor> Laterals)
    {
        internal int Height => (Laterals is [.., var finest] ? finest : Shared).Shape[1];

        internal int Width => (Laterals is [.., var finest] ? finest : Shared).Shape[2];
    }
}
