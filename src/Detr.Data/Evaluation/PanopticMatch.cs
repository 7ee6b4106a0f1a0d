namespace Detr.Data.Evaluation;

/// <summary>A predicted segment that is a true one.</summary>
/// <param name="Truth">The true segment.</param>
/// <param name="Predicted">The predicted one.</param>
/// <param name="IntersectionOverUnion">How well they agree: above 0.5, and 1 where they are the same.</param>
public sealed record PanopticMatch(PanopticSegment Truth, PanopticSegment Predicted, double IntersectionOverUnion);
