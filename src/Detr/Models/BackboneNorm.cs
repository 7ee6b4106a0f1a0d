namespace Detr.Models;

/// <summary>How a backbone normalises.</summary>
public enum BackboneNorm
{
    /// <summary>Batch norm whose statistics, factors and terms never change: for pretrained weights.</summary>
    Frozen,

    /// <summary>Batch norm that learns: for training from scratch.</summary>
    Batch,
}
