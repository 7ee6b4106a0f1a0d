namespace Detr.Tensors;

/// <summary>How a feature map is brought to another size.</summary>
public enum ResizeMode
{
    /// <summary>The source cell at floor(i · source / target).</summary>
    Nearest,

    /// <summary>Linear in both directions, cell centres at half integers, edges repeated (align_corners off).</summary>
    Bilinear,
}
