using Detr.Training;

namespace Detr.Studies;

/// <summary>Training every decoder layer's answers, or the last one's alone.</summary>
public sealed class AuxiliaryLossesStudy : IStudy
{
    /// <inheritdoc/>
    public string Name => "auxiliary-losses";

    /// <inheritdoc/>
    public string Question => "What do losses on every decoder layer bring beside that on the last?";

    /// <inheritdoc/>
    public string Paper => "Auxiliary losses after each decoder layer help, above all to give the right number of objects of each class (section 3.2, without a figure).";

    /// <summary>The arm in which the last decoder layer alone is trained.</summary>
    internal static StudyArm Without { get; } = new("no-auxiliary-losses") { Training = options => options with { AuxiliaryLosses = false } };

    /// <inheritdoc/>
    public bool TrainsModels => true;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        return Report(Layers(StudyArm.Base), Layers(Without), new StudyFigure(
            "learning", "Average precision over training, with losses on every decoder layer and on the last alone",
            StudyCharts.Learning(workshop, [("with auxiliary losses", StudyArm.Base), ("without", Without)])));

        IReadOnlyList<EvaluationResult> Layers(StudyArm arm) => workshop.EvaluateLayers(workshop.Train(arm, cancellationToken), workshop.Categories, null, arm.Name, cancellationToken);
    }

    /// <summary>The result of evaluations.</summary>
    /// <param name="with">After each decoder layer of the model with auxiliary losses.</param>
    /// <param name="without">The same of the one without.</param>
    /// <param name="figure">A picture of both.</param>
    internal static StudyResult Report(IReadOnlyList<EvaluationResult> with, IReadOnlyList<EvaluationResult> without, StudyFigure figure)
    {
        StudyTable table = new("Losses on every decoder layer", "auxiliary losses",
            [
                new("AP"), new("AP50"), new("detections too many or too few in a scene", "F2"), new("duplicates per 100 objects", "F1"),
                .. Enumerable.Range(1, with.Count).Select(layer => new StudyColumn(FormattableString.Invariant($"AP after layer {layer}"))),
            ],
            [Row("with", with), Row("without", without)]);
        return new StudyResult(table, StudyText.IfLearnt(with[^1].Precision(), Finding(with, without)), figure);

        static StudyRow Row(string label, IReadOnlyList<EvaluationResult> layers)
            => new(label, [layers[^1].Summary.AP, layers[^1].Summary.AP50, layers[^1].CountError(), layers[^1].DuplicatesPerHundred(), .. layers.Select(layer => layer.Summary.AP)]);
    }

    private static string Finding(IReadOnlyList<EvaluationResult> with, IReadOnlyList<EvaluationResult> without)
    {
        double gain = with[^1].Precision() - without[^1].Precision(), counted = without[^1].CountError() - with[^1].CountError();
        string precision = gain >= StudyText.Noise ? $"Auxiliary losses bring {StudyText.Points(gain)} points of AP"
            : gain <= -StudyText.Noise ? $"Auxiliary losses cost {StudyText.Points(-gain)} points of AP here"
            : $"Auxiliary losses change AP by {StudyText.Signed(gain)} points, which one training of each cannot tell from nothing";
        string count = FormattableString.Invariant($"a scene's detections are {with[^1].CountError():F2} too many or too few with them and {without[^1].CountError():F2} without");
        string verdict = (gain >= StudyText.Noise, counted > 0) switch
        {
            (true, true) => "both as the paper says",
            (true, false) => "so they help, but not by the number of objects, where the paper sees it most",
            (false, true) => "so the number of objects is where they help, as the paper says",
            (false, false) => "so neither shows here what the paper says of them; with few decoder layers, and the encoder trained by a loss of its own, there is less for them to do",
        };
        (double first, double untrained) = (with[0].Precision(), without[0].Precision());
        string early = with.Count < 2 ? string.Empty
            : untrained < first / 2 ? $" Without them the first layer's answers say little by themselves (AP {StudyText.Points(untrained)}, with them {StudyText.Points(first)}), since only the last layer's were ever asked for."
            : $" Even so the first layer's answers, which were never asked for, have an AP of {StudyText.Points(untrained)} ({StudyText.Points(first)} with auxiliary losses).";
        return $"{precision}, and {count}: {verdict}.{early}";
    }
}
