using Detr.Kernels;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>
/// Gathers what methods read: sees the attentions of a forward pass and what backward passes bring them, and keeps of each no more than one
/// map for each fusion of its heads.
/// </summary>
/// <param name="methods">Who will read.</param>
/// <param name="transformer">The transformer's shape.</param>
/// <param name="memoryLimit">The most bytes that attention maps may take at a time.</param>
internal sealed class AttentionEvidence(IReadOnlyList<IRelevanceMethod> methods, TransformerOptions transformer, long memoryLimit) : IAttentionObserver, IAttentionGradientObserver
{
    private readonly Dictionary<(HeadFusion Fusion, AttentionPlace Place), AttentionMap> _fused = [];
    private readonly Dictionary<AttentionPlace, float[]> _relevance = [];

    /// <summary>Whether the pass under way carries relevance, and not derivatives.</summary>
    internal bool CarriesRelevance { get; set; }

    /// <summary>Whether any method needs derivatives.</summary>
    internal bool NeedsGradient => methods.Any(method => NeedsGradientFor(method.Fusion));

    /// <summary>Whether any method needs relevance.</summary>
    internal bool NeedsRelevance => methods.Any(method => NeedsRelevanceFor(method.Fusion));

    /// <summary>What a method reads.</summary>
    internal FusedAttention Of(IRelevanceMethod method)
    {
        return new FusedAttention(
            Layers(AttentionKind.EncoderSelf, transformer.EncoderLayers), Layers(AttentionKind.DecoderSelf, transformer.DecoderLayers), Layers(AttentionKind.DecoderCross, transformer.DecoderLayers));

        AttentionMap[] Layers(AttentionKind kind, int count)
            => [.. Enumerable.Range(0, count).Select(layer => new AttentionPlace(kind, layer)).Where(place => Reads(method, place)).Select(place => _fused[(method.Fusion, place)])];
    }

    bool IAttentionObserver.Wants(string name, in AttentionShape shape)
    {
        if (AttentionPlace.Find(name) is not { } place || !Fusions(place).Contains(HeadFusion.Mean))
        {
            return false;
        }

        CheckMemory(place.Kind, shape);
        return true;
    }

    void IAttentionObserver.Observe(string name, Tensor probabilities)
        => Fuse(AttentionPlace.Find(name)!.Value, [HeadFusion.Mean], Maps(probabilities, default, default));

    bool IAttentionGradientObserver.Wants(string name, in AttentionShape shape)
    {
        if (AttentionPlace.Find(name) is not { } place || !Fusions(place).Any(fusion => NeedsGradientFor(fusion) || NeedsRelevanceFor(fusion)))
        {
            return false;
        }

        CheckMemory(place.Kind, shape);
        return true;
    }

    void IAttentionGradientObserver.Observe(string name, Tensor probabilities, Tensor gradient)
    {
        AttentionPlace place = AttentionPlace.Find(name)!.Value;
        HeadFusion[] fusions = Fusions(place);
        if (!CarriesRelevance)
        {
            _relevance.Remove(place, out float[]? relevance);
            Fuse(place, fusions.Where(NeedsGradientFor), Maps(probabilities, gradient.AsSpan(), relevance));
        }
        else
        {
            Fuse(place, fusions.Where(fusion => fusion == HeadFusion.MeanRelevance), Maps(probabilities, default, gradient.AsSpan()));
            if (fusions.Contains(HeadFusion.GradientWeightedRelevance))
            {
                _relevance[place] = gradient.ToArray();
            }
        }
    }

    private static bool NeedsGradientFor(HeadFusion fusion) => fusion is HeadFusion.GradientWeighted or HeadFusion.GradCam or HeadFusion.GradientWeightedRelevance;

    private static bool NeedsRelevanceFor(HeadFusion fusion) => fusion is HeadFusion.MeanRelevance or HeadFusion.GradientWeightedRelevance;

    private static HeadMaps Maps(Tensor probabilities, ReadOnlySpan<float> gradient, ReadOnlySpan<float> relevance) => new()
    {
        Heads = probabilities.Shape[1], Queries = probabilities.Shape[2], Keys = probabilities.Shape[3],
        Attention = probabilities.AsSpan(), Gradient = gradient, Relevance = relevance,
    };

    private bool Reads(IRelevanceMethod method, AttentionPlace place)
        => method.ReadsAllLayers || place == new AttentionPlace(AttentionKind.DecoderCross, transformer.DecoderLayers - 1);

    private HeadFusion[] Fusions(AttentionPlace place) => [.. methods.Where(method => Reads(method, place)).Select(method => method.Fusion).Distinct()];

    private void Fuse(AttentionPlace place, IEnumerable<HeadFusion> fusions, in HeadMaps maps)
    {
        foreach (HeadFusion fusion in fusions)
        {
            _fused[(fusion, place)] = maps.Fuse(fusion);
        }
    }

    /// <summary>
    /// Each layer's maps of all heads are kept for the backward passes, a second time where relevance waits for derivatives, and one fused
    /// map for each fusion; the layer under way takes three more sets. The first attention of a pass knows what all of its kind will take.
    /// </summary>
    private void CheckMemory(AttentionKind kind, in AttentionShape shape)
    {
        int all = kind == AttentionKind.EncoderSelf ? transformer.EncoderLayers : transformer.DecoderLayers;
        int layers = methods.Any(method => method.ReadsAllLayers) ? all : 1;
        int kept = NeedsGradient || NeedsRelevance ? methods.Any(method => method.Fusion == HeadFusion.GradientWeightedRelevance) ? 2 : 1 : 0;
        int fused = methods.Select(method => method.Fusion).Distinct().Count();
        long bytes = sizeof(float) * (long)shape.Queries * shape.Keys * ((layers * ((kept * shape.Heads) + fused)) + (3L * shape.Heads));
        if (bytes > memoryLimit)
        {
            throw MemoryLimitException.Of($"Attention maps of {shape.Queries} × {shape.Keys}", bytes, memoryLimit);
        }
    }
}
