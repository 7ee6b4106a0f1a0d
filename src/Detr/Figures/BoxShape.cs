namespace Detr.Figures;

/// <summary>Boxes by size and shape, as the paper's figure 7 tells them apart.</summary>
public enum BoxShape
{
    /// <summary>Less than three hundredths of the photograph, such as 210 × 160 pixels of 1333 × 800.</summary>
    Small,

    /// <summary>Larger, and as wide as high or wider, in shares of the photograph.</summary>
    Wide,

    /// <summary>Larger, and higher than wide.</summary>
    Tall,
}
