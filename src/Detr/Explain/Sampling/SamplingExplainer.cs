using Detr.Models;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>
/// Says where a model with deformable attention looked: the points that object queries sampled, and those that the cells in the middle of their boxes
/// did. A first pass finds what the queries predict, a second one through the transformer keeps the points of those that are wanted, and of them alone.
/// </summary>
public sealed class SamplingExplainer
{
    private readonly DetrModel _model;

    /// <summary>Explains a model.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentException">It attends to all cells.</exception>
    public SamplingExplainer(DetrModel model)
        => _model = model.Options.HasDeformableAttention ? model : throw new ArgumentException($"{model.Options.Variant} attends to all cells and samples no points.", nameof(model));

    /// <summary>Predicts and explains.</summary>
    /// <param name="context">The pass; its head mask holds, and what else is set in it is as before afterwards.</param>
    /// <param name="image">[1, 3, height, width], normalised, without padding.</param>
    /// <param name="request">What is wanted.</param>
    /// <exception cref="ArgumentException">The image is not of that shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such query for this image.</exception>
    /// <exception cref="MemoryLimitException">Points would take more than was allowed.</exception>
    public SamplingOutput Explain(ForwardContext context, Tensor image, SamplingRequest request)
    {
        if (image.Shape.Rank != 4 || image.Shape[0] != 1 || image.Shape[1] != 3)
        {
            throw new ArgumentException($"One image is explained at a time, of shape [1, 3, height, width], not {image.Shape}.", nameof(image));
        }

        (Tape? tape, IDeformableAttentionObserver? observer) = (context.Tape, context.DeformableAttentionObserver);
        using Scope scope = context.Scope();
        try
        {
            (context.Tape, context.DeformableAttentionObserver) = (null, null);
            ImageTokens tokens = _model.Tokenize(context, image, PaddingMask.None(1, image.Shape[2], image.Shape[3]));
            DetrOutput output = _model.Decode(context, _model.Encode(context, tokens));
            int[] queries = Queries(output, request);
            (int Row, int Column)[] cells = [.. queries.Select(query => Cell(output.Boxes, query, tokens.Sizes[0]))];
            int[] tokensOfCells = [.. cells.Select(cell => (cell.Row * tokens.Sizes[0].Width) + cell.Column)], distinct = [.. tokensOfCells.Distinct()];
            SamplingCapture capture = new(place => place.Kind == AttentionKind.EncoderSelf ? distinct : queries, request.MemoryLimit);
            context.DeformableAttentionObserver = capture;
            _model.Decode(context, _model.Encode(context, tokens));

            scope.Keep(output.Logits);
            scope.Keep(output.Boxes);
            return new SamplingOutput(
                output, tokens.Sizes,
                [.. queries.Select((query, i) => new SampledQuery(query, Layers(capture, AttentionKind.DecoderCross, query), cells[i], Layers(capture, AttentionKind.EncoderSelf, tokensOfCells[i])))]);
        }
        finally
        {
            (context.Tape, context.DeformableAttentionObserver) = (tape, observer);
        }
    }

    private static int[] Queries(DetrOutput output, SamplingRequest request)
    {
        int count = output.Logits.Shape[1];
        foreach (int query in request.Queries ?? [])
        {
            if (query < 0 || query >= count)
            {
                throw new ArgumentOutOfRangeException(nameof(request), query, $"There is no such object query for this image; they go from 0 to {count - 1}.");
            }
        }

        return [.. Explainer.Targets(output, new ExplainRequest { Queries = request.Queries, Threshold = request.Threshold }).Select(target => target.Query).Distinct()];
    }

    /// <summary>The cell that the middle of a query's box lies in.</summary>
    private static (int Row, int Column) Cell(Tensor boxes, int query, (int Height, int Width) level)
    {
        ReadOnlySpan<float> box = boxes.AsSpan().Slice(4 * query, 4);
        return (Math.Clamp((int)(box[1] * level.Height), 0, level.Height - 1), Math.Clamp((int)(box[0] * level.Width), 0, level.Width - 1));
    }

    private SamplingPoints[] Layers(SamplingCapture capture, AttentionKind kind, int query)
        => [.. Enumerable.Range(0, kind.Layers(_model.Options.Transformer)).Select(layer => capture.Of(new AttentionPlace(kind, layer), query))];
}
