namespace Detr.Models;

/// <summary>Which detector of DETR's family a model is. They differ in the parts that they are composed of, one file each in <c>Variants</c>.</summary>
public enum DetrVariant
{
    /// <summary>DETR (Carion et al. 2020).</summary>
    Detr,

    /// <summary>Conditional DETR (Meng et al. 2021).</summary>
    ConditionalDetr,

    /// <summary>DAB-DETR: queries are anchor boxes (Liu et al. 2022).</summary>
    DabDetr,

    /// <summary>DN-DETR: DAB-DETR that learns to undo noise, too (Li et al. 2022).</summary>
    DnDetr,

    /// <summary>Deformable DETR: a few sampled points instead of all cells (Zhu et al. 2021).</summary>
    DeformableDetr,

    /// <summary>DINO: Deformable DETR with anchors, chosen proposals and contrastive denoising (Zhang et al. 2022).</summary>
    Dino,
}
