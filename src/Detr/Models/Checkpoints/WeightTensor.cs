using Detr.Tensors.Checkpoints;

namespace Detr.Models;

/// <summary>A model's tensor as a checkpoint keeps it: whole, or cut along its first axis into parts of one shape.</summary>
internal sealed class WeightTensor
{
    private readonly CheckpointTensor[] _parts;

    internal WeightTensor(params CheckpointTensor[] parts)
    {
        _parts = parts;
        IReadOnlyList<int> part = parts[0].Shape;
        Shape = parts.Length == 1 ? part : [parts.Length * part[0], .. part.Skip(1)];
    }

    /// <summary>The axes' sizes, outermost first.</summary>
    internal IReadOnlyList<int> Shape { get; }

    /// <summary>The number of elements.</summary>
    internal long Length => _parts.Sum(part => (long)part.Length);

    /// <summary>Tensors as they stand in a checkpoint.</summary>
    internal static Dictionary<string, WeightTensor> Whole(IReadOnlyDictionary<string, CheckpointTensor> tensors)
        => tensors.ToDictionary(pair => pair.Key, pair => new WeightTensor(pair.Value), StringComparer.Ordinal);

    /// <summary>Writes the elements, row-major, into memory that the caller has.</summary>
    internal void CopyTo(Span<float> destination)
    {
        int length = _parts[0].Length;
        for (int i = 0; i < _parts.Length; i++)
        {
            _parts[i].CopyTo(destination.Slice(i * length, length));
        }
    }
}
