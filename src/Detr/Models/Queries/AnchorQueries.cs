using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Queries whose reference points are learned boxes (Liu et al. 2022, DAB-DETR, section 4). All boxes stand there once for each pattern, a
/// learned content that tells apart what lies at the same place (appendix C).
/// </summary>
internal sealed class AnchorQueries : IQuerySource
{
    private readonly Parameter _anchors;
    private readonly Parameter? _patterns;
    private readonly int _channels;

    /// <summary>Adds the parameters.</summary>
    /// <param name="parameters">Takes refpoint_embed.weight [queries, 4], boxes before the sigmoid, and transformer.patterns.weight [patterns, channels].</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="options">The model's shape.</param>
    internal AnchorQueries(ParameterSet parameters, string prefix, DetrOptions options)
    {
        _channels = options.Transformer.Channels;
        _patterns = options.QueryPatterns > 0 ? parameters.Add($"{prefix}transformer.patterns.weight", [options.QueryPatterns, _channels]) : null;
        _anchors = parameters.Add($"{prefix}refpoint_embed.weight", [options.Queries, 4]);
    }

    /// <inheritdoc/>
    public DecoderQueries Start(ForwardContext context, ImageTokens memory, DenoisingQueries? denoising)
    {
        (int batch, int patterns, int anchors) = (memory.Values.Shape[0], _patterns?.Shape[0] ?? 1, _anchors.Shape[0]);
        Tensor content = context.Zeros([batch, patterns, anchors, _channels]);
        if (_patterns is not null)
        {
            content = context.Add(content, context.Reshape(_patterns, [1, patterns, 1, _channels]));
        }

        Tensor boxes = context.Add(context.Zeros([batch, patterns, anchors, 4]), context.Reshape(context.Sigmoid(_anchors), [1, 1, anchors, 4]));
        return new DecoderQueries(context.Reshape(content, [batch, patterns * anchors, _channels])) { Points = context.Reshape(boxes, [batch, patterns * anchors, 4]) };
    }
}
