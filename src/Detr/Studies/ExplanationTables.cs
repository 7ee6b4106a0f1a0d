using Detr.Explain;

namespace Detr.Studies;

/// <summary>The tables of the study <c>explanations</c>.</summary>
internal static class ExplanationTables
{
    internal static readonly string Relevance = RelevanceMethods.All[0].Name;
    internal static readonly string RawAttention = new RawAttention().Name;
    private static readonly string[] Compared = ["mask IoU", "on the object", "deletion", "insertion"];

    /// <summary>What each method's maps are worth.</summary>
    /// <param name="title">What was judged.</param>
    /// <param name="scores">The methods.</param>
    internal static StudyTable Worth(string title, IReadOnlyList<MethodScore> scores)
    {
        (string Title, Func<MethodScore, double?> Of)[] columns =
        [
            ("mask AP", score => score.Masks.AP),
            ("AP from IoU 0.20", score => score.LooseMasks.AP),
            ("small", score => score.LooseMasks.APsmall),
            ("medium", score => score.LooseMasks.APmedium),
            ("large", score => score.LooseMasks.APlarge),
            ("mask IoU", score => Mean(score.Overlaps)),
            ("mask / object", score => score.Sizes.Length == 0 ? null : StudyText.Median(score.Sizes)),
            ("on the object", score => Mean(score.Inside)),
            ("deletion (low is good)", score => Mean(score.Deletions)),
            ("insertion (high is good)", score => Mean(score.Insertions)),
        ];
        columns = [.. columns.Where(column => column.Title is not ("small" or "medium" or "large") || scores.Any(score => column.Of(score) is not null))];
        return new StudyTable(title, "map", [.. columns.Select(column => new StudyColumn(column.Title))], [.. scores.Select(score => new StudyRow(score.Name, [.. columns.Select(column => column.Of(score))]))]);
    }

    /// <summary>How much better each method is than raw attention, object by object.</summary>
    /// <param name="scores">The methods, of at least one object.</param>
    internal static StudyTable Differences(IReadOnlyList<MethodScore> scores)
    {
        MethodScore raw = scores.First(score => score.Name == RawAttention);
        return new StudyTable(
            "Better than raw attention by, object by object, with the standard error", "map",
            [.. Compared.SelectMany(what => (StudyColumn[])[new(what), new($"± ({what})")])],
            [.. scores.Where(score => score != raw).Select(score => new StudyRow(
                score.Name, [.. Against(score, raw).SelectMany(difference => (double?[])[difference.Mean, difference.Error])]))]);
    }

    /// <summary>How much better one method is than another by mask, share on the object, deletion and insertion; above 0 is better.</summary>
    internal static PairedDifference[] Against(MethodScore score, MethodScore other) =>
    [
        PairedDifference.Of(score.Overlaps, other.Overlaps), PairedDifference.Of(score.Inside, other.Inside),
        PairedDifference.Of(other.Deletions, score.Deletions), PairedDifference.Of(score.Insertions, other.Insertions),
    ];

    private static double? Mean(double[] values) => values.Length == 0 ? null : values.Average();
}
