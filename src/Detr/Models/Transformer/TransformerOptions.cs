namespace Detr.Models;

/// <summary>A transformer's shape. The defaults are the reference's.</summary>
public sealed record TransformerOptions
{
    /// <summary>Channels of a token.</summary>
    public int Channels { get; init; } = 256;

    /// <summary>Attention heads; divides the channels.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Encoder layers.</summary>
    public int EncoderLayers { get; init; } = 6;

    /// <summary>Decoder layers.</summary>
    public int DecoderLayers { get; init; } = 6;

    /// <summary>Channels between the two linear layers of a block.</summary>
    public int FeedForward { get; init; } = 2048;

    /// <summary>The chance that an activation is dropped in training.</summary>
    public float Dropout { get; init; } = 0.1f;

    /// <summary>Whether each part normalises its input (pre-norm) instead of its result.</summary>
    public bool PreNorm { get; init; }

    /// <summary>Where the encoding of the cells' positions is added.</summary>
    public PositionPlacement PositionAt { get; init; }

    /// <summary>Whether positions are added to the encoder's input.</summary>
    public bool HasPositionAtInput => PositionAt is PositionPlacement.Input or PositionPlacement.Both;

    /// <summary>Whether positions are added to queries and keys of the encoder's attention.</summary>
    public bool HasPositionInEncoder => PositionAt is PositionPlacement.Attention or PositionPlacement.Both;

    /// <summary>Whether positions are added to keys of the decoder's attention over cells.</summary>
    public bool HasPositionInDecoder => PositionAt is PositionPlacement.Attention or PositionPlacement.Both or PositionPlacement.Decoder;
}
