namespace Detr.Explain;

/// <summary>The attentions of DETR's transformer.</summary>
public enum AttentionKind
{
    /// <summary>Cells of the image attend to each other.</summary>
    EncoderSelf,

    /// <summary>Object queries attend to each other.</summary>
    DecoderSelf,

    /// <summary>Object queries attend to cells of the image.</summary>
    DecoderCross,
}
