namespace Detr.Data;

/// <summary>The outlines of generated objects.</summary>
public enum ShapeKind
{
    /// <summary>A disc.</summary>
    Circle,

    /// <summary>Four equal sides.</summary>
    Square,

    /// <summary>Three equal sides.</summary>
    Triangle,

    /// <summary>Five points.</summary>
    Star,
}
