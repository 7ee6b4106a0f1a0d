using System.Numerics.Tensors;
using Detr.Kernels;
using Detr.Tensors;
using Tensor = Detr.Tensors.Tensor;

namespace Detr.Explain;

/// <summary>Keeps attention probabilities of a forward pass: of every image, and of every head or the heads' mean.</summary>
/// <param name="wanted">Which attentions to keep.</param>
/// <param name="heads">Whether every head is kept, or only their mean.</param>
/// <param name="memoryLimit">The most bytes that may be kept. An encoder layer with n cells takes 4 n² bytes for the mean, and as much for each head.</param>
public sealed class AttentionCapture(Predicate<AttentionPlace> wanted, bool heads = false, long memoryLimit = AttentionCapture.DefaultMemoryLimit) : IAttentionObserver
{
    /// <summary>256 MiB.</summary>
    public const long DefaultMemoryLimit = 1L << 28;

    private readonly Dictionary<AttentionPlace, AttentionMap[][]> _maps = [];

    /// <summary>What was kept.</summary>
    public IReadOnlyCollection<AttentionPlace> Places => _maps.Keys;

    /// <summary>The mean of an attention's heads.</summary>
    /// <param name="place">Which attention.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <exception cref="KeyNotFoundException">The attention was not kept.</exception>
    public AttentionMap Mean(AttentionPlace place, int image = 0)
    {
        AttentionMap[] kept = _maps[place][image];
        if (kept.Length == 1)
        {
            return kept[0];
        }

        AttentionMap mean = Empty(kept[0].Queries, kept[0].Keys);
        foreach (AttentionMap head in kept)
        {
            TensorPrimitives.MultiplyAdd(head.Values, 1f / kept.Length, mean.Values, mean.Values);
        }

        return mean;
    }

    /// <summary>One head of an attention.</summary>
    /// <param name="place">Which attention.</param>
    /// <param name="head">Which head.</param>
    /// <param name="image">Which image of the batch.</param>
    /// <exception cref="KeyNotFoundException">The attention was not kept.</exception>
    /// <exception cref="InvalidOperationException">Only the heads' mean was kept.</exception>
    public AttentionMap Head(AttentionPlace place, int head, int image = 0)
        => heads ? _maps[place][image][head] : throw new InvalidOperationException("Only the mean of the heads was kept; ask for every head when the capture is made.");

    /// <inheritdoc/>
    /// <exception cref="MemoryLimitException">Keeping it as well would take more than the limit.</exception>
    public bool Wants(string name, in AttentionShape shape)
    {
        if (AttentionPlace.Find(name) is not { } place || !wanted(place))
        {
            return false;
        }

        long others = _maps.Where(kept => kept.Key != place).Sum(kept => kept.Value.Sum(image => image.Sum(map => (long)sizeof(float) * map.Values.Length)));
        long bytes = others + ((long)sizeof(float) * shape.Batch * (heads ? shape.Heads : 1) * shape.Queries * shape.Keys);
        return bytes <= memoryLimit ? true : throw MemoryLimitException.Of($"Keeping the attention of {name}", bytes, memoryLimit);
    }

    /// <inheritdoc/>
    public void Observe(string name, Tensor probabilities)
    {
        (int images, int count, int queries, int keys) = (probabilities.Shape[0], probabilities.Shape[1], probabilities.Shape[2], probabilities.Shape[3]);
        AttentionMap[][] maps = new AttentionMap[images][];
        for (int image = 0; image < images; image++)
        {
            ReadOnlySpan<float> values = probabilities.AsSpan().Slice(image * count * queries * keys, count * queries * keys);
            maps[image] = new AttentionMap[heads ? count : 1];
            for (int head = 0; head < count; head++)
            {
                AttentionMap map = maps[image][heads ? head : 0] ??= Empty(queries, keys);
                TensorPrimitives.MultiplyAdd(values.Slice(head * queries * keys, queries * keys), heads ? 1f : 1f / count, map.Values, map.Values);
            }
        }

        _maps[AttentionPlace.Find(name)!.Value] = maps;
    }

    private static AttentionMap Empty(int queries, int keys) => new(queries, keys, new float[queries * keys]);
}
