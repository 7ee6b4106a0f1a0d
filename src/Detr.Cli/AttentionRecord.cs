using Detr.Explain;
using Detr.Kernels;
using Detr.Models;
using Detr.Reports;
using Detr.Tensors;

namespace Detr.Cli;

/// <summary>
/// The attention that the page of an explanation shows: the decoder's cross-attention by its heads, the other of which there are figures by
/// its mean, and the encoder's for points that are picked on the page.
/// </summary>
/// <param name="transformer">The transformer's shape.</param>
/// <param name="placement">Where the cells lie.</param>
/// <param name="memoryLimit">The most bytes that maps may take.</param>
internal sealed class AttentionRecord(TransformerOptions transformer, MapPlacement placement, long memoryLimit) : IAttentionObserver
{
    private readonly AttentionCapture _heads = new(place => place.Kind == AttentionKind.DecoderCross, heads: true, memoryLimit);
    private readonly AttentionCapture _means = new(
        place => place.Kind == AttentionKind.DecoderSelf || place == new AttentionPlace(AttentionKind.EncoderSelf, transformer.EncoderLayers - 1), heads: false, memoryLimit);

    private IAttentionObserver[] Observers => [_heads, _means, Points];

    /// <summary>What cells attend to, for points that are picked.</summary>
    internal EncoderPoints Points { get; } = new(placement);

    /// <summary>The transformer's shape.</summary>
    internal TransformerOptions Transformer { get; } = transformer;

    /// <summary>Whether there is an encoder that attends.</summary>
    internal bool HasEncoder => Transformer.EncoderLayers > 0;

    /// <summary>The last encoder layer's self-attention, mean of the heads.</summary>
    internal AttentionMap Encoder => _means.Mean(new AttentionPlace(AttentionKind.EncoderSelf, Transformer.EncoderLayers - 1));

    /// <summary>Each decoder layer's self-attention, mean of the heads.</summary>
    internal AttentionMap[] DecoderSelf => [.. Enumerable.Range(0, Transformer.DecoderLayers).Select(layer => _means.Mean(new AttentionPlace(AttentionKind.DecoderSelf, layer)))];

    /// <summary>A decoder layer's cross-attention, mean of the heads.</summary>
    internal AttentionMap Cross(int layer) => _heads.Mean(new AttentionPlace(AttentionKind.DecoderCross, layer));

    /// <summary>What a query attends to with one head.</summary>
    internal ReadOnlyMemory<float> Cross(int layer, int head, int query) => _heads.Head(new AttentionPlace(AttentionKind.DecoderCross, layer), head).Row(query).ToArray();

    public bool Wants(string name, in AttentionShape shape)
    {
        bool wanted = false;
        foreach (IAttentionObserver observer in Observers)
        {
            wanted |= observer.Wants(name, shape);
        }

        return wanted;
    }

    public void Observe(string name, Tensor probabilities)
    {
        // Observers are asked once more, because not all of them wanted what one of them did.
        AttentionShape shape = new(probabilities.Shape[0], probabilities.Shape[1], probabilities.Shape[2], probabilities.Shape[3], Transformer.Channels / Transformer.Heads);
        foreach (IAttentionObserver observer in Observers.Where(observer => observer.Wants(name, shape)))
        {
            observer.Observe(name, probabilities);
        }
    }
}
