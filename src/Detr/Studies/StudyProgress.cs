namespace Detr.Studies;

/// <summary>What a study is busy with.</summary>
/// <param name="Doing">Such as <c>training base</c>.</param>
/// <param name="Done">The share of that which is done, from 0 to 1.</param>
public readonly record struct StudyProgress(string Doing, double Done);
