using System.Collections.Concurrent;

namespace Detr.Tensors;

/// <summary>What of one parameter is packed: all of it, or rows that are used by themselves, such as an attention's three projections.</summary>
internal sealed class PackedParts
{
    private readonly ConcurrentDictionary<(int Offset, int Length), PackedWeights> _parts = [];

    internal long Bytes => _parts.Values.Sum(part => part.Bytes);

    internal PackedWeights Of(Tensor weight) => _parts.GetOrAdd((weight.Offset, weight.Length), static _ => new PackedWeights());
}
