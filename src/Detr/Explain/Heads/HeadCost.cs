namespace Detr.Explain;

/// <summary>What a picture's detections lose with one head off.</summary>
/// <param name="Head">The head.</param>
/// <param name="ScoreFall">By how much the probability of an object's class at its query falls, the mean over objects; below 0 where it rises.</param>
/// <param name="BoxShift">1 − IoU of an object's box with the one that its query then gives, the mean over objects.</param>
/// <param name="Lost">Objects that no query finds any more: none of the least score and the same label has a box that overlaps the object's by half.</param>
/// <param name="Added">Detections of the least score beyond the objects that are still found, such as duplicates.</param>
public sealed record HeadCost(AttentionHead Head, double ScoreFall, double BoxShift, int Lost, int Added);
