namespace Detr.Data;

/// <summary>An object of a <see cref="VocAnnotation"/>.</summary>
/// <param name="Name">Its category.</param>
/// <param name="X0">The left edge, in pixels from 0.</param>
/// <param name="Y0">The upper edge.</param>
/// <param name="X1">The right edge, beyond the last pixel.</param>
/// <param name="Y1">The lower edge, beyond the last pixel.</param>
/// <param name="IsDifficult">Whether VOC neither counts it as missed nor as found.</param>
internal sealed record VocObject(string Name, float X0, float Y0, float X1, float Y1, bool IsDifficult);
