using Detr.Models;

namespace Detr.Explain;

/// <summary>One head of one attention.</summary>
/// <param name="Place">Which attention.</param>
/// <param name="Head">The head, from 0.</param>
public readonly record struct AttentionHead(AttentionPlace Place, int Head)
{
    /// <summary>Every head of a transformer: by attention, layer and number.</summary>
    /// <param name="transformer">The transformer.</param>
    /// <param name="kind">The attentions whose heads are wanted; null for all.</param>
    public static IReadOnlyList<AttentionHead> All(TransformerOptions transformer, AttentionKind? kind = null) =>
    [
        .. from attention in kind is { } only ? [only] : AttentionKinds.All
           from layer in Enumerable.Range(0, attention.Layers(transformer))
           from head in Enumerable.Range(0, transformer.Heads)
           select new AttentionHead(new AttentionPlace(attention, layer), head),
    ];

    /// <summary>The mask that switches off this head and no other.</summary>
    public HeadsOff Off() => new(new HeadSelection(Place.Kind) { Layers = [Place.Layer], Heads = [Head] });

    /// <summary>As on the command line, such as <c>decoder.cross:5:2</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Place.Kind.Name()}:{Place.Layer}:{Head}");
}
