using System.Numerics.Tensors;
using Detr.Tensors;
using Tensor = Detr.Tensors.Tensor;

namespace Detr.Models;

/// <summary>
/// DINO's queries (Zhang et al. 2022, section 3.4, "mixed query selection"): they begin at the boxes that the surest of the encoder's cells
/// propose, while what they are is learned, by rank.
/// </summary>
internal sealed class MixedQueries : IQuerySource
{
    private readonly int _channels;
    private readonly CellProposals _proposals;
    private readonly Parameter _content;
    private readonly Parameter _labels;
    private readonly Linear _classHead;
    private readonly MultiLayerPerceptron _boxHead;

    /// <summary>Adds the queries' parameters.</summary>
    /// <param name="parameters">Takes label_enc and transformer.tgt_embed, enc_output, enc_output_norm, enc_out_bbox_embed and enc_out_class_embed.</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="options">The model's shape.</param>
    internal MixedQueries(ParameterSet parameters, string prefix, DetrOptions options)
    {
        _channels = options.Transformer.Channels;
        _content = parameters.Add($"{prefix}transformer.tgt_embed.weight", [options.Queries, _channels]);
        _proposals = new CellProposals(parameters, $"{prefix}transformer.", _channels);
        _boxHead = new MultiLayerPerceptron(parameters, $"{prefix}transformer.enc_out_bbox_embed", _channels, _channels, 4, layers: 3);
        _classHead = new Linear(parameters, $"{prefix}transformer.enc_out_class_embed", _channels, options.ClassLogits);

        // The last row is for no class, which no query begins as.
        _labels = parameters.Add($"{prefix}label_enc.weight", [options.Classes + 1, _channels]);
    }

    /// <inheritdoc/>
    public DecoderQueries Start(ForwardContext context, ImageTokens memory, DenoisingQueries? denoising)
    {
        using Scope scope = context.Scope();
        (Tensor cells, Tensor places) = _proposals.Forward(context, memory);
        Tensor logits = _classHead.Forward(context, cells);
        int[] best = memory.Chosen ?? CellProposals.Best(logits, _content.Shape[0], static logits => TensorPrimitives.Max(logits));
        int batch = logits.Shape[0], count = best.Length / batch;

        // A head reads each cell by itself: only those that were chosen need boxes.
        Tensor boxes = context.Add(_boxHead.Forward(context, CellProposals.Choose(context, cells, best)), CellProposals.Choose(context, places, best));
        Tensor content = context.Reshape(context.Slice(_content, 0, 0, count), [1, count, _channels]);
        DecoderQueries queries = new(context.Add(context.Zeros([batch, count, _channels]), content)) { Points = context.Sigmoid(context.Detach(boxes)) };
        queries = denoising is null ? queries : NoisedQueries.Before(context, queries, denoising, _labels);
        return new DecoderQueries(scope.Keep(queries.Content))
        {
            Points = scope.Keep(queries.Points!),
            SelfAttentionBias = queries.SelfAttentionBias is { } bias ? scope.Keep(bias) : null,
            Proposals = new DetrOutput(scope.Keep(CellProposals.Choose(context, logits, best)), scope.Keep(context.Sigmoid(boxes)), []) { Scoring = ClassScoring.Sigmoid },
        };
    }
}
