namespace Detr.Models;

/// <summary>What is wanted beside the last decoder layer's predictions.</summary>
[Flags]
public enum AuxiliaryOutputs
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Those after each earlier decoder layer.</summary>
    Decoder = 1,

    /// <summary>Those read from the encoder's cells.</summary>
    Encoder = 2,

    /// <summary>What a <see cref="MaskHead"/> makes masks from; of a model without one, nothing.</summary>
    Masks = 4,
}
