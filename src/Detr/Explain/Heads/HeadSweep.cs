using Detr.Models;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>
/// What becomes of detections and of what speaks for them when the first 1, 2 … heads of an attention are off, in every layer, until none
/// is left.
/// </summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Objects">What the whole model found, the surest first; it is followed by its queries through all steps.</param>
/// <param name="Height">Rows of the feature map that lies over the picture.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Steps">The whole model, then one head off, and so on.</param>
public sealed record HeadSweep(HeadSweepRequest Request, IReadOnlyList<Detection> Objects, int Height, int Width, IReadOnlyList<HeadSweepStep> Steps)
{
    /// <summary>Runs a sweep. The picture goes through the backbone once.</summary>
    /// <param name="context">The pass; its head mask is none afterwards.</param>
    /// <param name="model">The model.</param>
    /// <param name="image">[1, 3, height, width], normalised, without padding.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="read">Makes every query's detection of predictions.</param>
    internal static HeadSweep Run(ForwardContext context, DetrModel model, Tensor image, HeadSweepRequest request, Func<DetrOutput, IReadOnlyList<Detection>> read)
    {
        Check(model.Options, request);
        using Scope scope = context.Scope();
        ImageTokens tokens = model.Tokenize(context, image, PaddingMask.None(1, image.Shape[2], image.Shape[3]));
        Explainer explainer = new(model);
        IReadOnlyList<FoundObject> objects = Found(context, model, tokens, request, read);
        ExplainRequest explain = new()
        {
            Methods = [request.Method], Queries = [.. objects.Select(found => found.Detection.Query)], Labels = [.. objects.Select(found => found.Label)], MemoryLimit = request.MemoryLimit,
        };
        List<HeadSweepStep> steps = [];
        try
        {
            for (int off = 0; off <= model.Options.Transformer.Heads; off++)
            {
                using Scope step = context.Scope();
                context.HeadMask = new HeadsOff(new HeadSelection(request.Kind) { Heads = [.. Enumerable.Range(0, off)], Query = request.Query });
                RelevanceOutput result = explainer.Explain(context, tokens, explain);
                steps.Add(new HeadSweepStep(off, read(result.Output), [.. objects.Select(found => found.Score(result.Output))], result.Maps[request.Method.Name]));
            }
        }
        finally
        {
            context.HeadMask = null;
        }

        return new HeadSweep(request, [.. objects.Select(found => found.Detection)], tokens.Cells.Height, tokens.Cells.Width, steps);
    }

    private static IReadOnlyList<FoundObject> Found(
        ForwardContext context, DetrModel model, ImageTokens tokens, HeadSweepRequest request, Func<DetrOutput, IReadOnlyList<Detection>> read)
    {
        using Scope scope = context.Scope();
        DetrOutput whole = model.Decode(context, model.Encode(context, tokens));
        return FoundObject.Of(whole, read(whole), request.Threshold, request.Query);
    }

    private static void Check(DetrOptions model, HeadSweepRequest request)
    {
        if (request.Query is { } query && (query < 0 || query >= model.AllQueries))
        {
            throw new ArgumentException($"There is no object query {query}; they go from 0 to {model.AllQueries - 1}.", nameof(request));
        }

        if (request is { Query: not null, Kind: AttentionKind.EncoderSelf })
        {
            throw new ArgumentException("The encoder knows no object queries; sweep an attention of the decoder for one query, or the encoder's for all.", nameof(request));
        }
    }
}
