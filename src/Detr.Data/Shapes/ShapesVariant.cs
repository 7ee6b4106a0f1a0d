namespace Detr.Data;

/// <summary>Which shapes and colours generated scenes have. The two share none, so that one can be learnt after the other.</summary>
public enum ShapesVariant
{
    /// <summary>Circles, squares, triangles and stars in red, green and blue: what the model that comes along knows.</summary>
    Usual,

    /// <summary>Hexagons, crosses, arrows and diamonds in yellow, purple and cyan: classes to fine-tune to.</summary>
    New,
}
