using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Anchors whose content is what class they begin as, and in the last channel whether they have noise to undo (Li et al. 2022, DN-DETR, section
/// 4.3): queries that look for objects know no class and have none.
/// </summary>
internal sealed class LabelledAnchorQueries : IQuerySource
{
    private readonly AnchorQueries _anchors;
    private readonly Parameter _labels;

    /// <summary>Adds the parameters.</summary>
    /// <param name="parameters">Takes those of <see cref="AnchorQueries"/> and label_enc.weight [classes + 1, channels − 1], of which the last row is for no class.</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="options">The model's shape.</param>
    internal LabelledAnchorQueries(ParameterSet parameters, string prefix, DetrOptions options)
    {
        _labels = parameters.Add($"{prefix}label_enc.weight", [options.Classes + 1, options.Transformer.Channels - 1]);
        _anchors = new AnchorQueries(parameters, prefix, options);
    }

    /// <inheritdoc/>
    public DecoderQueries Start(ForwardContext context, ImageTokens memory, DenoisingQueries? denoising)
    {
        int rows = _labels.Shape[0];
        DecoderQueries queries = _anchors.Start(context, memory, denoising);
        Tensor noClass = context.Concatenate(1, context.Slice(_labels, 0, rows - 1, 1), context.Zeros([1, 1]));
        queries = queries with { Content = context.Add(queries.Content, noClass) };
        if (denoising is null)
        {
            return queries;
        }

        Tensor noised = context.Allocate([rows, 1]);
        context.Backend.Fill(noised, 1f);
        return NoisedQueries.Before(context, queries, denoising, context.Concatenate(1, _labels, noised));
    }
}
