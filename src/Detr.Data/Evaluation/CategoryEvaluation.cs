namespace Detr.Data.Evaluation;

/// <summary>One category's figures.</summary>
public sealed record CategoryEvaluation : PrecisionFigures
{
    /// <summary>The category's number in the data set.</summary>
    public required int CategoryId { get; init; }

    /// <summary>How many objects should be found; crowds are not among them.</summary>
    public int Objects { get; init; }

    /// <summary>How many of them are small, medium and large, in COCO's sense.</summary>
    public (int Small, int Medium, int Large) ObjectsBySize { get; init; }

    /// <summary>Precision at recalls 0.00, 0.01 … 1.00 at IoU 0.50; empty where there is no object.</summary>
    public IReadOnlyList<double> PrecisionAt50 { get; init; } = [];

    /// <summary>The same at IoU 0.75.</summary>
    public IReadOnlyList<double> PrecisionAt75 { get; init; } = [];

    /// <summary>The same, the mean of all ten IoU thresholds.</summary>
    public IReadOnlyList<double> Precision { get; init; } = [];

    /// <summary>What each score threshold brings, at IoU 0.50.</summary>
    public required ThresholdCurve Thresholds { get; init; }
}
