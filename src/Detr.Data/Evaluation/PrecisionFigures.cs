namespace Detr.Data.Evaluation;

/// <summary>What COCO's evaluator says of all categories and of each. Figures are from 0 to 1, and null where there is no such object to find.</summary>
public abstract record PrecisionFigures
{
    /// <summary>Average precision over IoU thresholds 0.50, 0.55 … 0.95.</summary>
    public double? AP { get; init; }

    /// <summary>Average precision at IoU 0.50.</summary>
    public double? AP50 { get; init; }

    /// <summary>Average precision at IoU 0.75.</summary>
    public double? AP75 { get; init; }

    /// <summary>AP of small objects, up to 32² pixels.</summary>
    public double? APsmall { get; init; }

    /// <summary>AP of medium objects, from 32² to 96² pixels.</summary>
    public double? APmedium { get; init; }

    /// <summary>AP of large objects, from 96² pixels.</summary>
    public double? APlarge { get; init; }

    /// <summary>Average recall with a hundred detections an image.</summary>
    public double? AR100 { get; init; }
}
