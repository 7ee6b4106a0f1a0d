using Detr.Data;

namespace Detr.Cli;

/// <summary>What one picture consists of.</summary>
internal sealed record SegmentedPicture(string File, int Width, int Height, IReadOnlyList<PanopticSegment> Segments, PictureTimings Timings);
