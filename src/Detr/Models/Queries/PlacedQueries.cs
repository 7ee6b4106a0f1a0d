using Detr.Tensors;

namespace Detr.Models;

/// <summary>Queries of which both is learned: where they are and what they are.</summary>
/// <param name="parameters">Takes weight [queries, 2 · channels] under the name, of a query first where it is.</param>
/// <param name="name">The queries' name.</param>
/// <param name="count">How many there are.</param>
/// <param name="channels">The transformer's channels.</param>
internal sealed class PlacedQueries(ParameterSet parameters, string name, int count, int channels) : IQuerySource
{
    private readonly Parameter _embedding = parameters.Add($"{name}.weight", [count, 2 * channels]);

    /// <inheritdoc/>
    public DecoderQueries Start(ForwardContext context, ImageTokens memory, DenoisingQueries? denoising)
    {
        Tensor both = context.Reshape(_embedding, [1, count, 2 * channels]), content = context.Zeros([memory.Values.Shape[0], count, channels]);
        return new(context.Add(content, context.Slice(both, 2, channels, channels))) { Embedding = context.Slice(both, 2, 0, channels) };
    }
}
