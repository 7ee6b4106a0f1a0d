using Detr.Tensors;

namespace Detr.Models;

/// <summary>Queries that are nothing yet but where they are, which is learned, and reference points that follow from it (Meng et al. 2021, section 3.3).</summary>
/// <param name="learned">The queries.</param>
/// <param name="head">From [1, queries, channels] to points before the sigmoid, [1, queries, 2].</param>
internal sealed class PointQueries(IQuerySource learned, Func<ForwardContext, Tensor, Tensor> head) : IQuerySource
{
    /// <inheritdoc/>
    public DecoderQueries Start(ForwardContext context, ImageTokens memory, DenoisingQueries? denoising)
    {
        DecoderQueries queries = learned.Start(context, memory, denoising);
        Tensor points = context.Sigmoid(head(context, queries.Embedding!));
        return queries with { Points = context.Add(context.Zeros([queries.Content.Shape[0], points.Shape[1], points.Shape[2]]), points) };
    }
}
