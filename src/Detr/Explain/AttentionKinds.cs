using Detr.Models;

namespace Detr.Explain;

/// <summary>What follows from an attention's kind.</summary>
public static class AttentionKinds
{
    /// <summary>Every kind, in the order in which a picture meets them.</summary>
    public static IReadOnlyList<AttentionKind> All { get; } = [AttentionKind.EncoderSelf, AttentionKind.DecoderSelf, AttentionKind.DecoderCross];

    /// <summary>The kind of a name, or null.</summary>
    /// <param name="name">The name, such as <c>decoder.cross</c>.</param>
    public static AttentionKind? Find(string name)
    {
        foreach (AttentionKind kind in All)
        {
            if (kind.Name() == name)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>What commands and files call it, such as <c>decoder.cross</c>.</summary>
    /// <param name="kind">The kind.</param>
    public static string Name(this AttentionKind kind) => kind switch
    {
        AttentionKind.EncoderSelf => "encoder.self",
        AttentionKind.DecoderSelf => "decoder.self",
        _ => "decoder.cross",
    };

    /// <summary>What figures call it, such as <c>decoder cross-attention</c>.</summary>
    /// <param name="kind">The kind.</param>
    public static string Title(this AttentionKind kind) => kind switch
    {
        AttentionKind.EncoderSelf => "encoder self-attention",
        AttentionKind.DecoderSelf => "decoder self-attention",
        _ => "decoder cross-attention",
    };

    /// <summary>How many layers of a transformer have it.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="transformer">The transformer.</param>
    public static int Layers(this AttentionKind kind, TransformerOptions transformer)
        => kind == AttentionKind.EncoderSelf ? transformer.EncoderLayers : transformer.DecoderLayers;
}
