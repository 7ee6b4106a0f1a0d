namespace Detr.Models;

/// <summary>Where the transformer adds the encoding of the cells' positions (Carion et al. 2020, table 3).</summary>
public enum PositionPlacement
{
    /// <summary>To the queries and keys of every attention over cells, as in the published models: values do not say where they are from.</summary>
    Attention,

    /// <summary>Once, to the encoder's input.</summary>
    Input,

    /// <summary>To the encoder's input and to queries and keys, so that values too say where they are from.</summary>
    Both,

    /// <summary>To the keys of the decoder's attention over cells alone: the encoder knows no places.</summary>
    Decoder,

    /// <summary>Nowhere: cells know their place only as far as the backbone tells them.</summary>
    None,
}
