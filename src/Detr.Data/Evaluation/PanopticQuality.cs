namespace Detr.Data.Evaluation;

/// <summary>Panoptic quality over several categories: the means of those that have a segment, true or predicted; null where none has.</summary>
/// <param name="PQ">Panoptic quality, from 0 to 1.</param>
/// <param name="SQ">Segmentation quality.</param>
/// <param name="RQ">Recognition quality.</param>
/// <param name="Categories">How many categories the means are over.</param>
public sealed record PanopticQuality(double? PQ, double? SQ, double? RQ, int Categories);
