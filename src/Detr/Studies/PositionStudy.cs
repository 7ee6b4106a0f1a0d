using Detr.Models;
using Detr.Training;

namespace Detr.Studies;

/// <summary>Which encoding of positions, and where it is added.</summary>
public sealed class PositionStudy : IStudy
{
    private const int AtAttention = 4;

    // In the order of the paper's table 3, then what the base has.
    private static readonly (string Name, StudyArm Arm)[] Arms =
    [
        ("none", Placed("position-none", PositionPlacement.None)),
        ("sine at the input", Placed("position-input", PositionPlacement.Input)),
        ("learned at attention", Placed("position-learned", PositionPlacement.Attention, PositionEmbedding.Learned)),
        ("sine at the decoder's attention", Placed("position-decoder", PositionPlacement.Decoder)),
        ("sine at attention", Placed("position-attention", PositionPlacement.Attention)),
        ("sine at both", StudyArm.Base),
    ];

    // AP of table 3, in points.
    private static readonly double?[] Published = [32.8, 39.2, 39.6, 39.3, 40.6, null];

    /// <inheritdoc/>
    public string Name => "position";

    /// <inheritdoc/>
    public string Question => "Which encoding of positions is best, and where is it to be added?";

    /// <inheritdoc/>
    public string Paper =>
        "Sines added to queries and keys of every attention are best (AP 40.6); learned vectors there lose 1.0 points, sines at the decoder's attention alone 1.3, sines at the input alone 1.4, and no spatial encoding at all 7.8 (table 3).";

    /// <inheritdoc/>
    public bool TrainsModels => true;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        EvaluationResult[] results = [.. Arms.Select(arm => workshop.Evaluate(arm.Arm, cancellationToken))];
        return Report(results, new StudyFigure("learning", "Average precision over training with each encoding of positions", StudyCharts.Learning(workshop, Arms)));
    }

    /// <summary>The result of evaluations.</summary>
    /// <param name="results">Of the arms, in their order.</param>
    /// <param name="figure">A picture of them.</param>
    internal static StudyResult Report(IReadOnlyList<EvaluationResult> results, StudyFigure figure)
    {
        double reference = results[AtAttention].Precision();
        StudyTable table = new("Positions", "encoding", [new("AP"), new("AP50"), new("to sine at attention, points", "+0.0;−0.0;0.0"), new("the paper's", "+0.0;−0.0;0.0")],
            [.. results.Select((result, i) => new StudyRow(
                Arms[i].Name, result.Summary.AP, result.Summary.AP50, 100 * (result.Precision() - reference), Published[i] - Published[AtAttention]))]);
        return new StudyResult(table, StudyText.IfLearnt(results.Max(result => result.Precision()), Finding([.. results.Select(result => result.Precision() - reference)], reference)), figure);
    }

    /// <summary>What the differences to sines at attention say.</summary>
    private static string Finding(double[] differences, double reference)
    {
        (double none, double input, double learned, double decoder, double both) = (differences[0], differences[1], differences[2], differences[3], differences[5]);
        string without = none < -StudyText.Noise
            ? $"Positions matter: without any, AP is {StudyText.Points(-none)} points below that with sines at attention ({StudyText.Points(reference)}; the paper: 7.8 below 40.6)"
            : $"Even without any encoding of positions AP is no lower ({StudyText.Signed(none)} points) than with sines at attention ({StudyText.Points(reference)}), unlike the paper's, which loses 7.8: the backbone's padding tells cells where they are";
        string[] close = [.. Named(difference => Math.Abs(difference) < StudyText.Noise)], better = [.. Named(difference => difference >= StudyText.Noise)], worse = [.. Named(difference => difference <= -StudyText.Noise)];
        string order = string.Join("; ", new[]
        {
            better.Length > 0 ? $"better than sines at attention: {StudyText.List(better)}" : string.Empty,
            close.Length > 0 ? $"within {StudyText.Points(StudyText.Noise)} points of them: {StudyText.List(close)}" : string.Empty,
            worse.Length > 0 ? $"worse: {StudyText.List(worse)}" : string.Empty,
        }.Where(text => text.Length > 0));
        string verdict = better.Length > 0 ? "the paper has them best" : worse.Length == 3 ? "as in the paper they are best" : "the paper has all three behind by 1.0 to 1.4";
        string ours = both >= StudyText.Noise
            ? $"Adding them at the input as well brings {StudyText.Points(both)} points more in so short a training, since values then say where they are from"
            : $"Adding them at the input as well changes AP by {StudyText.Signed(both)} points";
        return $"{without}. {char.ToUpperInvariant(order[0])}{order[1..]}; {verdict}. {ours}. Unlike the paper's models all of these have sharper waves (8 times across, ratio 100), a loss on the encoder's cells, and object queries that are added in every layer; and the paper's had 300 epochs.";

        IEnumerable<string> Named(Func<double, bool> isIn)
            => new[] { ("sines at the input", input), ("learned vectors at attention", learned), ("sines at the decoder's attention alone", decoder) }
                .Where(pair => isIn(pair.Item2)).Select(pair => $"{pair.Item1} ({StudyText.Signed(pair.Item2)})");
    }

    private static StudyArm Placed(string name, PositionPlacement placement, PositionEmbedding embedding = PositionEmbedding.Sine) => new(name)
    {
        Model = options => options with { PositionEmbedding = embedding, Transformer = options.Transformer with { PositionAt = placement } },
    };
}
