namespace Detr.Figures;

/// <summary>A box that a query predicted on some photograph, in shares of the photograph.</summary>
/// <param name="Query">The object query.</param>
/// <param name="CentreX">The box's centre, from 0 at the left to 1.</param>
/// <param name="CentreY">The box's centre, from 0 at the top to 1.</param>
/// <param name="Width">The box's width.</param>
/// <param name="Height">Its height.</param>
public readonly record struct QueryBox(int Query, float CentreX, float CentreY, float Width, float Height)
{
    private const float LargestSmall = 0.03f;
    private const float LeastWhole = 0.9f;

    /// <summary>Its size and shape.</summary>
    public BoxShape Shape => Width * Height < LargestSmall ? BoxShape.Small : Width >= Height ? BoxShape.Wide : BoxShape.Tall;

    /// <summary>Whether it is about as wide and as high as the photograph.</summary>
    public bool IsWhole => Width >= LeastWhole && Height >= LeastWhole;
}
