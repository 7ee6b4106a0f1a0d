namespace Detr.Data.Evaluation;

/// <summary>One category's figures. Averages are from 0 to 1, and null where there is no such object to find.</summary>
public sealed record CategoryEvaluation
{
    /// <summary>The category's number in the data set.</summary>
    public required int CategoryId { get; init; }

    /// <summary>How many objects should be found; crowds are not among them.</summary>
    public int Objects { get; init; }

    /// <summary>How many of them are small, medium and large, in COCO's sense: up to 32², up to 96², and from 96² pixels.</summary>
    public (int Small, int Medium, int Large) ObjectsBySize { get; init; }

    /// <summary>Average precision over IoU thresholds 0.50, 0.55 … 0.95.</summary>
    public double? AP { get; init; }

    /// <summary>Average precision at IoU 0.50.</summary>
    public double? AP50 { get; init; }

    /// <summary>Average precision at IoU 0.75.</summary>
    public double? AP75 { get; init; }

    /// <summary>AP of small objects.</summary>
    public double? APsmall { get; init; }

    /// <summary>AP of medium objects.</summary>
    public double? APmedium { get; init; }

    /// <summary>AP of large objects.</summary>
    public double? APlarge { get; init; }

    /// <summary>Average recall with a hundred detections an image.</summary>
    public double? AR100 { get; init; }

    /// <summary>Precision at recalls 0.00, 0.01 … 1.00 at IoU 0.50; empty where there is no object.</summary>
    public IReadOnlyList<double> PrecisionAt50 { get; init; } = [];

    /// <summary>The same at IoU 0.75.</summary>
    public IReadOnlyList<double> PrecisionAt75 { get; init; } = [];

    /// <summary>The same, the mean of all ten IoU thresholds.</summary>
    public IReadOnlyList<double> Precision { get; init; } = [];

    /// <summary>What each score threshold brings, at IoU 0.50.</summary>
    public required ThresholdCurve Thresholds { get; init; }
}
