namespace Detr.Explain;

/// <summary>How much each query attends to each key: of one head, or of several heads as one.</summary>
/// <param name="Queries">Queries.</param>
/// <param name="Keys">Keys.</param>
/// <param name="Values">[Queries, Keys]; each row of probabilities sums to 1.</param>
public sealed record AttentionMap(int Queries, int Keys, float[] Values)
{
    /// <summary>What one query attends to, [Keys].</summary>
    public ReadOnlySpan<float> Row(int query) => Values.AsSpan(query * Keys, Keys);
}
