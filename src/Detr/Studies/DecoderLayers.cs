using Detr.Imaging;
using Detr.Training;

namespace Detr.Studies;

/// <summary>What a model says after each of its decoder layers, and what suppression of overlapping boxes would make of that.</summary>
internal sealed class DecoderLayers
{
    // A gain of AP that nobody would care for.
    private const double NextToNothing = 0.005;

    private readonly IReadOnlyList<EvaluationResult> _layers, _suppressed;
    private readonly double[] _precisions, _gains;

    /// <summary>Suppresses what was found.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="layers">The evaluation after each decoder layer; at least one.</param>
    internal DecoderLayers(string name, IReadOnlyList<EvaluationResult> layers)
    {
        (Name, _layers) = (name, layers);
        _suppressed = [.. layers.Select(layer => layer.Suppressed())];
        _precisions = [.. layers.Select(StudyMeasures.Precision)];
        _gains = [.. _suppressed.Zip(_precisions, (layer, precision) => layer.Precision() - precision)];
    }

    /// <summary>What the model is called.</summary>
    internal string Name { get; }

    /// <summary>The model's average precision, which is that after the last layer.</summary>
    internal double Precision => _precisions[^1];

    /// <summary>The layers, from 1.</summary>
    internal double[] Numbers => [.. Enumerable.Range(1, _layers.Count).Select(layer => (double)layer)];

    /// <summary>Duplicates per hundred objects after each layer.</summary>
    internal double[] Duplicates => [.. _layers.Select(StudyMeasures.DuplicatesPerHundred)];

    /// <summary>Whether the model has learnt enough to say something.</summary>
    internal bool HasLearnt => StudyText.HasLearnt(Precision);

    /// <summary>Whether suppression helps after the last layer.</summary>
    internal bool NeedsSuppression => _gains[^1] >= NextToNothing;

    /// <summary>The layers' figures.</summary>
    internal StudyTable Table() => new(
        $"After each decoder layer of {Name}", "decoder layer",
        [new("AP"), new("AP50"), new("AP, suppressed"), new("AP50, suppressed"), new("duplicates per 100 objects", "F1")],
        [.. _layers.Select((layer, i) => new StudyRow(
            FormattableString.Invariant($"{i + 1}"), layer.Summary.AP, layer.Summary.AP50, _suppressed[i].Summary.AP, _suppressed[i].Summary.AP50, layer.DuplicatesPerHundred()))]);

    /// <summary>The same figures as lines.</summary>
    internal RgbImage Chart()
    {
        double[] numbers = Numbers;
        return StudyCharts.Lines(
            $"After each decoder layer of {Name}", "decoder layer", "on generated scenes",
            [
                ("AP", numbers, _precisions), ("AP, suppressed", numbers, [.. _suppressed.Select(StudyMeasures.Precision)]),
                ("AP50", numbers, At50(_layers)), ("AP50, suppressed", numbers, At50(_suppressed)),
            ]);

        static double[] At50(IReadOnlyList<EvaluationResult> results) => [.. results.Select(result => result.Summary.AP50 ?? 0)];
    }

    /// <summary>What they say beside the paper's figure 4.</summary>
    internal string Finding() => StudyText.IfLearnt(Precision, _layers.Count == 1 ? OneLayer() : $"{Trend()}; {Suppression()}.");

    private string OneLayer() => $"The one decoder layer has an AP of {StudyText.Points(Precision)}, which suppression changes by {StudyText.Signed(_gains[0])} points.";

    private string Trend()
    {
        double rise = _precisions[^1] - _precisions[0];
        return _precisions.Zip(_precisions.Skip(1)).All(pair => pair.Second > pair.First)
                ? $"AP rises after every decoder layer, by {StudyText.Points(rise)} points in all (the paper's six layers: 8.2)"
            : rise > 0 ? $"AP rises by {StudyText.Points(rise)} points from the first decoder layer to the last, though not after every one (the paper's rises after each of six, by 8.2)"
            : $"AP does not rise over the decoder's layers ({StudyText.Signed(rise)} points), unlike the paper's, where six add 8.2";
    }

    private string Suppression()
    {
        string verdict = _gains.All(gain => Math.Abs(gain) < NextToNothing) ? "queries tell themselves apart from the first layer on, and there is nothing to suppress anywhere"
            : _gains[0] <= _gains[^1] ? "unlike the paper's, it does not matter less from layer to layer"
            : !NeedsSuppression ? "as in the paper, queries have told themselves apart by then, and there is nothing left to suppress"
            : "as in the paper it matters less and less, but here it still helps at the end: queries have not told themselves apart wholly";
        return FormattableString.Invariant($"duplicates go from {Duplicates[0]:F1} of a hundred objects after the first layer to {Duplicates[^1]:F1} after the last, and suppression changes AP by {StudyText.Signed(_gains[0])} points there and by {StudyText.Signed(_gains[^1])} here: {verdict}");
    }
}
