namespace Detr.Figures;

/// <summary>A box that a query predicted on some photograph, in shares of the photograph.</summary>
/// <param name="Query">The object query.</param>
/// <param name="CentreX">The box's centre, from 0 at the left to 1.</param>
/// <param name="CentreY">The box's centre, from 0 at the top to 1.</param>
/// <param name="Width">The box's width.</param>
/// <param name="Height">Its height.</param>
public readonly record struct QueryBox(int Query, float CentreX, float CentreY, float Width, float Height);
