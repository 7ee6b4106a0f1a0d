namespace Detr.Models;

/// <summary>Predictions beside the last decoder layer's, which training learns from.</summary>
[Flags]
public enum AuxiliaryOutputs
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Those after each earlier decoder layer.</summary>
    Decoder = 1,

    /// <summary>Those read from the encoder's cells.</summary>
    Encoder = 2,
}
