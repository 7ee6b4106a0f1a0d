using Detr.Tensors;

namespace Detr.Models;

/// <summary>What object queries begin as.</summary>
internal interface IQuerySource
{
    /// <summary>The queries before the first decoder layer.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="memory">The encoder's result.</param>
    /// <param name="denoising">Noised objects that stand before them; null for none. Only sources whose detector learns so have to look at it.</param>
    DecoderQueries Start(ForwardContext context, ImageTokens memory, DenoisingQueries? denoising);
}
