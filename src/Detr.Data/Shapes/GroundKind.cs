namespace Detr.Data;

/// <summary>The sorts of ground in scenes that have stuff.</summary>
internal enum GroundKind
{
    /// <summary>Beige with grains.</summary>
    Sand,

    /// <summary>Dull blue with waves.</summary>
    Water,

    /// <summary>Dull green with blades.</summary>
    Grass,

    /// <summary>Grey with joints.</summary>
    Stone,
}
