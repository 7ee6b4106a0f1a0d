using Detr.Data;
using Detr.Models;
using Detr.Training;

namespace Detr.Studies;

/// <summary>What each decoder layer adds, with and without non-maximum suppression, and how many encoder layers are worth it.</summary>
public sealed class LayersStudy : IStudy
{
    // A gain of AP that nobody would care for.
    private const double NextToNothing = 0.005;

    private static readonly int[] EncoderLayers = [0, 1, 2, 3, 6];

    /// <inheritdoc/>
    public string Name => "layers";

    /// <inheritdoc/>
    public string Question => "What does each decoder layer add, where would suppression of overlapping boxes help, and how many encoder layers are worth it?";

    /// <inheritdoc/>
    public string Paper =>
        "AP rises after every decoder layer, by 8.2 points from the first of six to the last; suppression helps the first layer, little after that, and costs a little after the last (figure 4); without an encoder AP is 3.9 points lower than with six layers, 6.0 on large objects (table 2).";

    /// <inheritdoc/>
    public bool TrainsModels => true;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        (DetrModel model, IReadOnlyList<Category> categories, string name) = workshop.Subject(cancellationToken);
        IReadOnlyList<EvaluationResult> decoder = workshop.EvaluateLayers(model, categories, null, name, cancellationToken);
        (int Layers, EvaluationResult Result)[] encoder = [.. EncoderLayers.Select(layers => (layers, workshop.Evaluate(Arm(workshop, layers), cancellationToken)))];
        return Report(name, decoder, [.. decoder.Select(layer => layer.Suppressed())], encoder);
    }

    /// <summary>The result of evaluations.</summary>
    /// <param name="name">What the model of the decoder layers is called.</param>
    /// <param name="decoder">After each decoder layer.</param>
    /// <param name="suppressed">The same after suppression.</param>
    /// <param name="encoder">Of models by their encoder layers, upwards.</param>
    internal static StudyResult Report(
        string name, IReadOnlyList<EvaluationResult> decoder, IReadOnlyList<EvaluationResult> suppressed, IReadOnlyList<(int Layers, EvaluationResult Result)> encoder)
    {
        StudyTable byDecoder = new($"After each decoder layer of {name}", "decoder layer",
            [new("AP"), new("AP50"), new("AP, suppressed"), new("AP50, suppressed"), new("duplicates per 100 objects", "F1")],
            [.. decoder.Select((layer, i) => new StudyRow(
                FormattableString.Invariant($"{i + 1}"), layer.Summary.AP, layer.Summary.AP50, suppressed[i].Summary.AP, suppressed[i].Summary.AP50, layer.DuplicatesPerHundred()))]);
        StudyTable byEncoder = StudyMeasures.Table(
            "Models by their encoder layers", "encoder layers", [.. encoder.Select(arm => (FormattableString.Invariant($"{arm.Layers}"), arm.Result))],
            "AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge");
        double[] numbers = [.. Enumerable.Range(1, decoder.Count).Select(layer => (double)layer)], counts = [.. encoder.Select(arm => (double)arm.Layers)];
        return new StudyResult(
            [byDecoder, byEncoder], Finding(decoder, suppressed, encoder),
            [
                new("decoder", "Average precision after each decoder layer, with and without non-maximum suppression", StudyCharts.Lines(
                    "After each decoder layer", "decoder layer", "on generated scenes",
                    [("AP", numbers, Precisions(decoder)), ("AP, suppressed", numbers, Precisions(suppressed)), ("AP50", numbers, At50(decoder)), ("AP50, suppressed", numbers, At50(suppressed))])),
                new("encoder", "Average precision of models with so many encoder layers", StudyCharts.Lines(
                    "Models by their encoder layers", "encoder layers", "on generated scenes",
                    [("AP", counts, Precisions(encoder.Select(arm => arm.Result))), ("AP50", counts, At50(encoder.Select(arm => arm.Result)))])),
            ]);

        static double[] Precisions(IEnumerable<EvaluationResult> results) => [.. results.Select(StudyMeasures.Precision)];

        static double[] At50(IEnumerable<EvaluationResult> results) => [.. results.Select(result => result.Summary.AP50 ?? 0)];
    }

    private static string Finding(
        IReadOnlyList<EvaluationResult> decoder, IReadOnlyList<EvaluationResult> suppressed, IReadOnlyList<(int Layers, EvaluationResult Result)> encoder)
        => $"{StudyText.IfLearnt(decoder[^1].Precision(), DecoderFinding(decoder, suppressed))} {StudyText.IfLearnt(encoder.Max(arm => arm.Result.Precision()), EncoderFinding(encoder))}";

    private static string DecoderFinding(IReadOnlyList<EvaluationResult> decoder, IReadOnlyList<EvaluationResult> suppressed)
    {
        double[] precisions = [.. decoder.Select(StudyMeasures.Precision)];
        double[] gains = [.. suppressed.Select((layer, i) => layer.Precision() - precisions[i])];
        if (precisions.Length == 1)
        {
            return $"The one decoder layer has an AP of {StudyText.Points(precisions[0])}, which suppression changes by {StudyText.Signed(gains[0])} points.";
        }

        double rise = precisions[^1] - precisions[0];
        string trend = Enumerable.Range(1, precisions.Length - 1).All(i => precisions[i] > precisions[i - 1])
                ? $"AP rises after every decoder layer, by {StudyText.Points(rise)} points in all (the paper's six layers: 8.2)"
            : rise > 0 ? $"AP rises by {StudyText.Points(rise)} points from the first decoder layer to the last, though not after every one (the paper's rises after each of six, by 8.2)"
            : $"AP does not rise over the decoder's layers ({StudyText.Signed(rise)} points), unlike the paper's, where six add 8.2";
        string verdict = gains.All(gain => Math.Abs(gain) < NextToNothing) ? "queries tell themselves apart from the first layer on, and there is nothing to suppress anywhere"
            : gains[0] <= gains[^1] ? "unlike the paper's, it does not matter less from layer to layer"
            : gains[^1] < NextToNothing ? "as in the paper, queries have told themselves apart by then, and there is nothing left to suppress"
            : "as in the paper it matters less and less, but here it still helps at the end: queries have not told themselves apart wholly";
        return $"{trend}; suppression changes it by {StudyText.Signed(gains[0])} points after the first layer and by {StudyText.Signed(gains[^1])} after the last: {verdict}.";
    }

    private static string EncoderFinding(IReadOnlyList<(int Layers, EvaluationResult Result)> encoder)
    {
        ((int fewest, EvaluationResult without), (int most, EvaluationResult deepest)) = (encoder[0], encoder[^1]);
        (int best, EvaluationResult top) = encoder.MaxBy(arm => arm.Result.Precision());
        (double gain, double cost) = (top.Precision() - without.Precision(), without.Precision() - deepest.Precision());
        return gain >= StudyText.Noise
                ? $"With {fewest} encoder layers AP is {StudyText.Points(without.Precision())}, {StudyText.Points(gain)} points below the best, which has {best}; the paper loses 3.9 points without an encoder."
            : cost >= StudyText.Noise
                ? $"The encoder does not help, and, unlike the paper's, it costs: with {most} layers AP is {StudyText.Points(deepest.Precision())}, with {fewest} {StudyText.Points(without.Precision())}; so short a training does not fill so many layers."
                : $"The encoder makes no difference that one training of each could show: with {fewest} layers AP is {StudyText.Points(without.Precision())}, at best {StudyText.Points(top.Precision())} with {best}; the paper loses 3.9 points without one.";
    }

    // The base has two encoder layers.
    private static StudyArm Arm(StudyWorkshop workshop, int layers) => layers == workshop.Recipe.Model(1).Transformer.EncoderLayers
        ? StudyArm.Base
        : new StudyArm(FormattableString.Invariant($"encoder-{layers}")) { Model = options => options with { Transformer = options.Transformer with { EncoderLayers = layers } } };
}
