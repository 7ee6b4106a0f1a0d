using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>
/// Attention heads that are switched off: their probabilities are multiplied by zero after the softmax, and the other heads' stay as they
/// are. Give it to <see cref="ForwardContext.HeadMask"/>.
/// </summary>
/// <param name="selections">What is off.</param>
public sealed class HeadsOff(params IReadOnlyList<HeadSelection> selections) : IHeadMask
{
    /// <summary>What is off.</summary>
    public IReadOnlyList<HeadSelection> Selections => selections;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Factors(string name, in AttentionShape shape)
    {
        if (AttentionPlace.Find(name) is not { } place)
        {
            return default;
        }

        float[]? factors = null;
        foreach (HeadSelection selection in selections.Where(selection => selection.Kind == place.Kind && (selection.Layers?.Contains(place.Layer) ?? true)))
        {
            if (factors is null)
            {
                factors = new float[shape.Heads * shape.Queries];
                factors.AsSpan().Fill(1f);
            }

            foreach (int head in selection.Heads ?? [.. Enumerable.Range(0, shape.Heads)])
            {
                Span<float> queries = factors.AsSpan(head * shape.Queries, shape.Queries);
                (selection.Query is { } query ? queries.Slice(query, 1) : queries).Clear();
            }
        }

        return factors;
    }
}
