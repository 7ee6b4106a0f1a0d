namespace Detr.Figures;

/// <summary>What a map shows, so that figures and pages name it alike.</summary>
/// <param name="Method">How it was made, such as <c>decoder cross-attention</c> or <c>relevance</c>.</param>
/// <param name="Layer">The layer, from 0; null where the map is of all layers.</param>
/// <param name="Head">The head, from 0; null where the map is of all heads.</param>
public sealed record MapDescription(string Method, int? Layer = null, int? Head = null)
{
    /// <summary>Such as <c>decoder cross-attention, layer 5, mean of heads</c>.</summary>
    public override string ToString() => (Layer, Head) switch
    {
        ({ } layer, { } head) => FormattableString.Invariant($"{Method}, layer {layer}, head {head}"),
        ({ } layer, null) => FormattableString.Invariant($"{Method}, layer {layer}, mean of heads"),
        (null, { } head) => FormattableString.Invariant($"{Method}, head {head}"),
        _ => Method,
    };
}
