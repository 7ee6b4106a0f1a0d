using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>What an attention works on.</summary>
/// <param name="Shape">Batch, heads, queries, keys, and the sizes of a head.</param>
/// <param name="Query">[batch, queries, heads · size].</param>
/// <param name="Key">[batch, keys, heads · size].</param>
/// <param name="Value">[batch, keys, heads · value size].</param>
public readonly record struct AttentionInputs(AttentionShape Shape, Tensor Query, Tensor Key, Tensor Value)
{
    /// <summary>Keys to pass over, [batch, keys], or null.</summary>
    public PaddingMask? KeyPadding { get; init; }

    /// <summary>Added to the scores, [queries, keys], or null.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>Factors on the probabilities, [heads] or [heads, queries], or null.</summary>
    public float[]? HeadFactors { get; init; }

    /// <summary>The chance that a probability is dropped, in [0, 1).</summary>
    public float Dropout { get; init; }

    /// <summary>Decides which ones are.</summary>
    public ulong DropoutSeed { get; init; }
}
