using Detr.Data;

namespace Detr;

/// <summary>An object that was found, with its pixels.</summary>
/// <param name="Detection">Class, score and box.</param>
/// <param name="Mask">The pixels of the upright picture that belong to it; masks of several objects may overlap.</param>
public sealed record InstanceMask(Detection Detection, RunLengthMask Mask);
