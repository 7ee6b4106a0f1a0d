using Detr.Data;
using Detr.Data.Evaluation;

namespace Detr.Training;

/// <summary>What an evaluation found.</summary>
/// <param name="Summary">COCO's figures.</param>
/// <param name="Detections">Every query's detection in every picture, in COCO's results format.</param>
/// <param name="Dataset">The pictures that were evaluated.</param>
public sealed record EvaluationResult(EvaluationSummary Summary, IReadOnlyList<DetectionResult> Detections, IDetectionDataset Dataset)
{
    /// <summary>Panoptic quality, where the model makes masks and it was measured.</summary>
    public PanopticSummary? Panoptic { get; init; }

    /// <summary>What weights of a run are compared by: panoptic quality where it was measured, else AP; null where there is nothing to find.</summary>
    public double? Quality => Panoptic is null ? Summary.AP : Panoptic.All.PQ;
}
