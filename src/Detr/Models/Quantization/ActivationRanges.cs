using System.Numerics.Tensors;
using Detr.Tensors;
using Tensor = Detr.Tensors.Tensor;

namespace Detr.Models;

/// <summary>Between which numbers the results of a backbone's layers lie, gathered while it runs: what eight bits have to hold.</summary>
public sealed class ActivationRanges : IActivationObserver
{
    private readonly Dictionary<string, ActivationRange> _ranges = new(StringComparer.Ordinal);

    /// <summary>Begins with nothing seen.</summary>
    public ActivationRanges()
    {
    }

    /// <summary>Begins with what was seen before.</summary>
    /// <param name="ranges">Ranges by layer.</param>
    public ActivationRanges(IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        foreach ((string layer, ActivationRange range) in ranges)
        {
            _ranges.Add(layer, range);
        }
    }

    /// <summary>The ranges by layer.</summary>
    public IReadOnlyDictionary<string, ActivationRange> ByLayer => _ranges;

    /// <summary>A layer's range.</summary>
    /// <param name="layer">The layer's name.</param>
    /// <exception cref="ArgumentException">Nothing is known of that layer, or its range is not one.</exception>
    internal ActivationRange this[string layer] => _ranges.TryGetValue(layer, out ActivationRange range) && float.IsFinite(range.High - range.Low) && range.Low <= range.High
        ? range
        : throw new ArgumentException($"Between which numbers {layer} lies is not known; calibrate the model again.", nameof(layer));

    /// <inheritdoc/>
    public void Observe(string layer, Tensor activation)
    {
        ReadOnlySpan<float> values = activation.AsSpan();
        ActivationRange seen = new(TensorPrimitives.Min(values), TensorPrimitives.Max(values));
        _ranges[layer] = _ranges.TryGetValue(layer, out ActivationRange before) ? new(MathF.Min(before.Low, seen.Low), MathF.Max(before.High, seen.High)) : seen;
    }
}
