namespace Detr.Kernels;

/// <summary>What an attention does besides softmax(q kᵀ / √d) v; empty spans leave their part out.</summary>
public readonly ref struct AttentionOptions
{
    /// <summary>Keys to pass over, [batch, keys], true where padded.</summary>
    public ReadOnlySpan<bool> KeyPadding { get; init; }

    /// <summary>Added to the scores, [queries, keys].</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>Factors on the probabilities after the softmax, [heads] or [heads, queries].</summary>
    public ReadOnlySpan<float> HeadFactors { get; init; }

    /// <summary>The chance that a probability is dropped, in [0, 1).</summary>
    public float Dropout { get; init; }

    /// <summary>Decides which ones are.</summary>
    public ulong DropoutSeed { get; init; }
}
