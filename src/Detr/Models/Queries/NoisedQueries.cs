using Detr.Tensors;

namespace Detr.Models;

/// <summary>Puts noised objects before a decoder's queries.</summary>
internal static class NoisedQueries
{
    /// <summary>The queries with those of noised objects before them, which neither they nor other groups may see.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="queries">What looks for objects.</param>
    /// <param name="denoising">The noised objects.</param>
    /// <param name="labels">What a query begins as for each class, [at least classes, channels]; empty slots begin as 0.</param>
    internal static DecoderQueries Before(ForwardContext context, DecoderQueries queries, DenoisingQueries denoising, Tensor labels)
    {
        int channels = labels.Shape[1], nothing = labels.Shape[0];
        int[] rows = [.. denoising.Labels.Select(label => label == DenoisingQueries.Empty ? nothing : label)];
        Tensor content = context.GatherRows(context.Concatenate(0, labels, context.Zeros([1, channels])), rows);
        return queries with
        {
            Content = context.Concatenate(1, context.Reshape(content, [denoising.Images, denoising.Slots, channels]), queries.Content),
            Points = context.Concatenate(1, context.Sigmoid(denoising.UploadBoxes(context)), queries.Points!),
            SelfAttentionBias = denoising.AttentionBias(context, queries.Content.Shape[1]),
        };
    }
}
