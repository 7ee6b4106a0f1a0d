namespace Detr.Data.Evaluation;

/// <summary>COCO's twelve figures, each from 0 to 1, null where there is no such object to find.</summary>
public sealed record EvaluationSummary : PrecisionFigures
{
    /// <summary>Average recall with one detection an image and category.</summary>
    public double? AR1 { get; init; }

    /// <summary>Average recall with ten.</summary>
    public double? AR10 { get; init; }

    /// <summary>AR100 of objects up to 32² pixels.</summary>
    public double? ARsmall { get; init; }

    /// <summary>AR100 of objects from 32² to 96² pixels.</summary>
    public double? ARmedium { get; init; }

    /// <summary>AR100 of objects from 96² pixels.</summary>
    public double? ARlarge { get; init; }

    /// <summary>Each category's own figures, by its number.</summary>
    public required IReadOnlyDictionary<int, CategoryEvaluation> PerCategory { get; init; }

    /// <summary>Which detection found which object, for any score threshold.</summary>
    public required EvaluationMatches Matches { get; init; }

    /// <summary>The twelve by name, in the order in which COCO's evaluator prints them.</summary>
    public IReadOnlyList<(string Name, double? Value)> Figures =>
    [
        (nameof(AP), AP), (nameof(AP50), AP50), (nameof(AP75), AP75),
        (nameof(APsmall), APsmall), (nameof(APmedium), APmedium), (nameof(APlarge), APlarge),
        (nameof(AR1), AR1), (nameof(AR10), AR10), (nameof(AR100), AR100),
        (nameof(ARsmall), ARsmall), (nameof(ARmedium), ARmedium), (nameof(ARlarge), ARlarge),
    ];
}
