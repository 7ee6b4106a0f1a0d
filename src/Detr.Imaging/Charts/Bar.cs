namespace Detr.Imaging;

/// <summary>One bar of a chart.</summary>
/// <param name="Label">What stands before it.</param>
/// <param name="Value">How long it is; none is drawn for one that is not above 0.</param>
/// <param name="Color">Its colour.</param>
public sealed record Bar(string Label, double Value, Rgb Color);
