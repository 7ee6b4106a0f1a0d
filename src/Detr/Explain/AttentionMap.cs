namespace Detr.Explain;

/// <summary>How much each query attends to each key in the first image of a batch.</summary>
/// <param name="Queries">Queries.</param>
/// <param name="Keys">Keys.</param>
/// <param name="Values">[Queries, Keys]; each row sums to 1.</param>
public sealed record AttentionMap(int Queries, int Keys, float[] Values)
{
    /// <summary>What one query attends to, [Keys].</summary>
    public ReadOnlySpan<float> Row(int query) => Values.AsSpan(query * Keys, Keys);
}
