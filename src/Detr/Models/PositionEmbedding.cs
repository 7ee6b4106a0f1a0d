namespace Detr.Models;

/// <summary>Which position encoding a model has.</summary>
public enum PositionEmbedding
{
    /// <summary>Fixed sines and cosines.</summary>
    Sine,

    /// <summary>A learnt vector for each row and each column.</summary>
    Learned,
}
