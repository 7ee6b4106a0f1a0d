namespace Detr.Models;

/// <summary>Weights that DETR's authors published, and how to know that a file holds them.</summary>
public sealed record PublishedModel
{
    /// <summary>Hexadecimal digits of <see cref="HashStart"/>.</summary>
    public const int HashDigits = 8;

    /// <summary>What the authors call it, such as <c>detr_resnet50</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where the file is; its last part is the file's name.</summary>
    public required Uri Url { get; init; }

    /// <summary>The first <see cref="HashDigits"/> hexadecimal digits of the file's SHA-256, in lower case.</summary>
    public required string HashStart { get; init; }

    /// <summary>What it is, in a line.</summary>
    public required string Description { get; init; }

    /// <summary>Average precision of boxes on COCO val 2017 as published, in per cent.</summary>
    public required double BoxAP { get; init; }

    /// <summary>Average precision of masks on COCO val 2017 as published, in per cent; null for a model without masks.</summary>
    public double? MaskAP { get; init; }

    /// <summary>Panoptic quality on COCO val 2017 as published, in per cent; null for a model without masks.</summary>
    public double? PanopticQuality { get; init; }

    /// <summary>The file's size in units of 10⁶ bytes, rounded, as published; null where the authors do not say.</summary>
    public int? Megabytes { get; init; }

    /// <summary>The model's shape; null when it is not a <see cref="DetrModel"/>.</summary>
    public DetrOptions? Options { get; init; }

    /// <summary>The file's name, the same in the cache as in <see cref="Url"/>.</summary>
    public string FileName => Path.GetFileName(Url.LocalPath);
}
