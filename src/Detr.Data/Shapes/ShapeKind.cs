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

    /// <summary>Six equal sides.</summary>
    Hexagon,

    /// <summary>Two bars across each other.</summary>
    Cross,

    /// <summary>A head on a shaft.</summary>
    Arrow,

    /// <summary>Four equal sides, twice as long as wide.</summary>
    Diamond,
}
