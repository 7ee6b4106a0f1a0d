using Detr.Imaging;

namespace Detr.Cli;

/// <summary>What came of reading a picture.</summary>
/// <param name="Image">The picture, or null.</param>
/// <param name="Problem">Why there is none.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record ReadPicture(RgbImage? Image, string? Problem, double Milliseconds);
