namespace Detr.Explain;

/// <summary>What one map of an object is worth.</summary>
/// <param name="Mask">The mask that <see cref="MapMask"/> makes of it, as COCO writes run lengths.</param>
/// <param name="Overlap">That mask's intersection over union with the object's own.</param>
/// <param name="Inside">The share of the map that lies on the object: each cell counts by the share of its pixels that the object's mask covers.</param>
/// <param name="Deletion">The object's score while the most relevant cells are taken away.</param>
/// <param name="Insertion">The same while they come back.</param>
public sealed record JudgedMap(string Mask, double Overlap, double Inside, PerturbationCurve Deletion, PerturbationCurve Insertion);
