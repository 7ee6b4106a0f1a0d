using Detr.Tensors;

namespace Detr.Models;

/// <summary>Queries that are nothing yet but where they are, which is learned.</summary>
/// <param name="parameters">Takes weight [queries, channels] under the name.</param>
/// <param name="name">The queries' name.</param>
/// <param name="count">How many there are.</param>
/// <param name="channels">The transformer's channels.</param>
internal sealed class LearnedQueries(ParameterSet parameters, string name, int count, int channels) : IQuerySource
{
    private readonly Parameter _embedding = parameters.Add($"{name}.weight", [count, channels]);

    /// <inheritdoc/>
    public DecoderQueries Start(ForwardContext context, ImageTokens memory, DenoisingQueries? denoising)
        => new(context.Zeros([memory.Values.Shape[0], count, channels])) { Embedding = context.Reshape(_embedding, [1, count, channels]) };
}
