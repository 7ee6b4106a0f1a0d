namespace Detr.Data;

/// <summary>A photograph of a panoptic data set.</summary>
/// <param name="Image">The photograph, with its segments as objects.</param>
/// <param name="MapFile">The PNG of its segments, in the folder of PNGs.</param>
/// <param name="Segments">The segments in the order of the objects.</param>
internal sealed record PanopticItem(ImageAnnotations Image, string MapFile, IReadOnlyList<PanopticSegment> Segments);
