using System.Globalization;

namespace Detr.Explain;

/// <summary>One of a transformer's attentions.</summary>
/// <param name="Kind">Which of its layer's.</param>
/// <param name="Layer">The layer of the encoder or decoder, from 0.</param>
public readonly record struct AttentionPlace(AttentionKind Kind, int Layer)
{
    /// <summary>The place of an attention, or null if the name is none of the family's.</summary>
    /// <param name="name">As observers hear it, such as <c>transformer.decoder.layers.5.multihead_attn</c>.</param>
    public static AttentionPlace? Find(string name)
    {
        string[] parts = name.Split('.');
        if (parts.Length < 4 || parts[^3] != "layers" || !int.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out int layer))
        {
            return null;
        }

        AttentionKind? kind = (parts[^4], parts[^1]) switch
        {
            ("encoder", "self_attn") => AttentionKind.EncoderSelf,
            ("decoder", "self_attn") => AttentionKind.DecoderSelf,
            ("decoder", "multihead_attn" or "cross_attn") => AttentionKind.DecoderCross,
            _ => null,
        };
        return kind is { } known ? new AttentionPlace(known, layer) : null;
    }
}
