using Detr.Tensors;

namespace Detr.Explain;

/// <summary>Keeps the attention probabilities of a forward pass, averaged over heads.</summary>
/// <param name="wanted">Which attentions to keep, by name.</param>
public sealed class AttentionCapture(Predicate<string> wanted) : IAttentionObserver
{
    private readonly Dictionary<string, AttentionMap> _maps = new(StringComparer.Ordinal);

    /// <summary>What was kept, by the attention's name.</summary>
    public IReadOnlyDictionary<string, AttentionMap> Maps => _maps;

    /// <inheritdoc/>
    public bool Wants(string name) => wanted(name);

    /// <inheritdoc/>
    public void Observe(string name, Tensor probabilities)
    {
        int heads = probabilities.Shape[1], queries = probabilities.Shape[2], keys = probabilities.Shape[3];
        ReadOnlySpan<float> values = probabilities.AsSpan();
        float[] mean = new float[queries * keys];
        for (int head = 0; head < heads; head++)
        {
            ReadOnlySpan<float> part = values.Slice(head * queries * keys, queries * keys);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += part[i] / heads;
            }
        }

        _maps[name] = new AttentionMap(queries, keys, mean);
    }
}
