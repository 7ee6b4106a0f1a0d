using Detr.Data;
using Detr.Models;
using Detr.Training;

namespace Detr.Studies;

/// <summary>What each decoder layer adds, with and without non-maximum suppression, and how many encoder layers are worth it.</summary>
public sealed class LayersStudy : IStudy
{
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
        DetrModel trained = workshop.Train(StudyArm.Base, cancellationToken);
        (DetrModel subject, IReadOnlyList<Category> categories, string name) = workshop.Subject(cancellationToken);
        List<DecoderLayers> decoders = [new(StudyArm.Base.Name, workshop.EvaluateLayers(trained, workshop.Categories, null, StudyArm.Base.Name, cancellationToken))];
        if (subject != trained)
        {
            decoders.Add(new DecoderLayers(name, workshop.EvaluateLayers(subject, categories, null, name, cancellationToken)));
        }

        return Report(decoders, [.. EncoderLayers.Select(layers => (layers, workshop.Evaluate(Arm(workshop, layers), cancellationToken)))]);
    }

    /// <summary>The result of evaluations.</summary>
    /// <param name="decoders">After each decoder layer of the base, and of a model that was not trained for the study where there is one.</param>
    /// <param name="encoder">Of models by their encoder layers, upwards.</param>
    internal static StudyResult Report(IReadOnlyList<DecoderLayers> decoders, IReadOnlyList<(int Layers, EvaluationResult Result)> encoder)
    {
        StudyTable byEncoder = StudyMeasures.Table(
            "Models by their encoder layers", "encoder layers", [.. encoder.Select(arm => (FormattableString.Invariant($"{arm.Layers}"), arm.Result))],
            "AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge");
        double[] counts = [.. encoder.Select(arm => (double)arm.Layers)];
        return new StudyResult(
            [.. decoders.Select(decoder => decoder.Table()), byEncoder],
            string.Join(' ', [.. decoders.Select(decoder => $"{decoder.Name}: {decoder.Finding()}"), .. Comparison(decoders), StudyText.IfLearnt(encoder.Max(arm => arm.Result.Precision()), EncoderFinding(encoder))]),
            [
                .. decoders.Select((decoder, i) => new StudyFigure(
                    FormattableString.Invariant($"decoder-{i + 1}"), $"Average precision after each decoder layer of {decoder.Name}, with and without non-maximum suppression", decoder.Chart())),
                new("duplicates", "Answers that another has given already, after each decoder layer", StudyCharts.Lines(
                    "Found already", "decoder layer", "duplicates per 100 objects", [.. decoders.Select(decoder => (decoder.Name, decoder.Numbers, decoder.Duplicates))])),
                new("encoder", "Average precision of models with so many encoder layers", StudyCharts.Lines(
                    "Models by their encoder layers", "encoder layers", "on generated scenes",
                    [("AP", counts, [.. encoder.Select(arm => arm.Result.Precision())]), ("AP50", counts, [.. encoder.Select(arm => arm.Result.Summary.AP50 ?? 0)])])),
            ]);
    }

    /// <summary>What two models beside each other say of the paper's, which was trained far longer than either.</summary>
    private static IEnumerable<string> Comparison(IReadOnlyList<DecoderLayers> decoders)
    {
        if (decoders.Count < 2 || decoders.Any(decoder => !decoder.HasLearnt))
        {
            yield break;
        }

        DecoderLayers[] byPrecision = [.. decoders.OrderBy(decoder => decoder.Precision)];
        (DecoderLayers worse, DecoderLayers better) = (byPrecision[0], byPrecision[^1]);
        string beside = $"{worse.Name} (AP {StudyText.Points(worse.Precision)}) and {better.Name} ({StudyText.Points(better.Precision)})";
        yield return (worse.NeedsSuppression, better.NeedsSuppression) switch
        {
            (true, false) => $"Beside each other, {beside} say that what the paper's figure 4 shows is learnt in time: the worse model needs suppression to the end, the better one does not, nor does the paper's, which had 500 epochs.",
            (true, true) => $"Both {beside} need suppression to the end, which the paper's, after 500 epochs, does not.",
            (false, false) => $"Neither {beside} has anything left to suppress in the end, as the paper's has not.",
            (false, true) => $"Of {beside} it is the better one that needs suppression in the end, which the paper's figure 4 does not explain.",
        };
    }

    private static string EncoderFinding(IReadOnlyList<(int Layers, EvaluationResult Result)> encoder)
    {
        ((int fewest, EvaluationResult without), (int most, EvaluationResult deepest)) = (encoder[0], encoder[^1]);
        (int best, EvaluationResult top) = encoder.MaxBy(arm => arm.Result.Precision());
        (double gain, double cost) = (top.Precision() - without.Precision(), without.Precision() - deepest.Precision());
        string finding = gain >= StudyText.Noise
                ? $"With {fewest} encoder layers AP is {StudyText.Points(without.Precision())}, {StudyText.Points(gain)} points below the best, which has {best}; the paper loses 3.9 points without an encoder."
            : cost >= StudyText.Noise
                ? $"The encoder does not help, and, unlike the paper's, it costs: with {most} layers AP is {StudyText.Points(deepest.Precision())}, with {fewest} {StudyText.Points(without.Precision())}; so short a training does not fill so many layers."
                : $"The encoder makes no difference that one training of each could show: with {fewest} layers AP is {StudyText.Points(without.Precision())}, at best {StudyText.Points(top.Precision())} with {best}; the paper loses 3.9 points without one.";
        return finding + ForLarge(encoder);
    }

    /// <summary>The paper's encoder is worth most on large objects.</summary>
    private static string ForLarge(IReadOnlyList<(int Layers, EvaluationResult Result)> encoder)
    {
        bool areLarge = encoder[0].Result.Summary.APlarge is not null;
        (int best, EvaluationResult top) = encoder.Skip(1).MaxBy(arm => Figure(arm.Result));
        (double without, double with) = (Figure(encoder[0].Result), Figure(top));
        return with - without < StudyText.Noise ? string.Empty
            : $" On {(areLarge ? "large objects" : "medium objects, the largest that there are,")} it helps: AP {StudyText.Points(without)} without one, {StudyText.Points(with)} with {best}; the paper's helps large ones most, by 6.0 points.";

        double Figure(EvaluationResult result) => (areLarge ? result.Summary.APlarge : result.Summary.APmedium) ?? 0;
    }

    // The base has two encoder layers.
    private static StudyArm Arm(StudyWorkshop workshop, int layers) => layers == workshop.Recipe.Model(1).Transformer.EncoderLayers
        ? StudyArm.Base
        : new StudyArm(FormattableString.Invariant($"encoder-{layers}")) { Model = options => options with { Transformer = options.Transformer with { EncoderLayers = layers } } };
}
