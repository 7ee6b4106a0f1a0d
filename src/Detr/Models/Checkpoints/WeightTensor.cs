using System.Numerics.Tensors;
using Detr.Kernels;
using Detr.Tensors.Checkpoints;

namespace Detr.Models;

/// <summary>A model's tensor as a checkpoint keeps it: whole, cut along its first axis into parts of one shape, or in eight bits with scales.</summary>
internal sealed class WeightTensor
{
    private readonly CheckpointTensor[] _parts;
    private readonly CheckpointTensor? _scales;

    internal WeightTensor(params CheckpointTensor[] parts)
    {
        _parts = parts;
        IReadOnlyList<int> part = parts[0].Shape;
        Shape = parts.Length == 1 ? part : [parts.Length * part[0], .. part.Skip(1)];
    }

    private WeightTensor(CheckpointTensor values, CheckpointTensor? scales)
        : this(values) => _scales = scales;

    /// <summary>The axes' sizes, outermost first.</summary>
    internal IReadOnlyList<int> Shape { get; }

    /// <summary>The number of elements.</summary>
    internal long Length => _parts.Sum(part => (long)part.Length);

    /// <summary>Tensors as they stand in a checkpoint; the scales of tensors of eight bits are part of these.</summary>
    internal static Dictionary<string, WeightTensor> Whole(IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        Dictionary<string, WeightTensor> whole = new(StringComparer.Ordinal);
        foreach ((string name, CheckpointTensor tensor) in tensors)
        {
            if (!IsScale(name))
            {
                whole.Add(name, new WeightTensor(tensor, IsScale(name + SafetensorsWriter.ScaleSuffix) ? tensors[name + SafetensorsWriter.ScaleSuffix] : null));
            }
        }

        return whole;

        bool IsScale(string name) => name.EndsWith(SafetensorsWriter.ScaleSuffix, StringComparison.Ordinal)
            && tensors.TryGetValue(name[..^SafetensorsWriter.ScaleSuffix.Length], out CheckpointTensor? scaled)
            && scaled.Type == ElementType.Int8 && scaled.Shape.Count > 0
            && tensors.TryGetValue(name, out CheckpointTensor? scales) && scales.Shape.SequenceEqual(scaled.Shape.Take(1));
    }

    /// <summary>The weights as they are stored, for products of bytes.</summary>
    /// <param name="shape">The convolution.</param>
    /// <exception cref="ArgumentException">They are not stored in eight bits, or are no weights for products of bytes.</exception>
    internal QuantizedKernel ToKernel(in ConvolutionShape shape) => _scales is null
        ? throw new ArgumentException($"{_parts[0].Name} is not stored in eight bits with its scales.", nameof(shape))
        : new QuantizedKernel(shape, _parts[0].ToSignedBytes(), _scales.ToFloats());

    /// <summary>Writes the elements, row-major, into memory that the caller has.</summary>
    internal void CopyTo(Span<float> destination)
    {
        int length = _parts[0].Length;
        for (int i = 0; i < _parts.Length; i++)
        {
            _parts[i].CopyTo(destination.Slice(i * length, length));
        }

        if (_scales?.ToFloats() is { } scales)
        {
            int each = destination.Length / Math.Max(1, scales.Length);
            for (int o = 0; o < scales.Length; o++)
            {
                Span<float> channel = destination.Slice(o * each, each);
                TensorPrimitives.Multiply(channel, scales[o], channel);
            }
        }
    }
}
