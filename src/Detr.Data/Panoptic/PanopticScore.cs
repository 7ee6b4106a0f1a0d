using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>What a folder of panoptic predictions is worth.</summary>
/// <param name="Summary">The figures.</param>
/// <param name="Images">How many pictures were scored.</param>
/// <param name="Ignored">How many predictions are of pictures that the ground truth does not list; they do not count.</param>
public sealed record PanopticScore(PanopticSummary Summary, int Images, int Ignored);
