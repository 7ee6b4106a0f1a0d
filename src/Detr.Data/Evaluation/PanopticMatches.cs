namespace Detr.Data.Evaluation;

/// <summary>What became of a picture's segments. Crowds, and predictions that lie mostly on crowds or on void, are in none of the lists.</summary>
/// <param name="Matched">True segments that were found, in the order of the truth.</param>
/// <param name="Missed">True segments that were not.</param>
/// <param name="Invented">Predicted segments that are none, in the order of the predictions.</param>
public sealed record PanopticMatches(IReadOnlyList<PanopticMatch> Matched, IReadOnlyList<PanopticSegment> Missed, IReadOnlyList<PanopticSegment> Invented);
