using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;
using Detr.Training;

namespace Detr.Studies;

/// <summary>What object queries have to say to each other: the decoder without its self-attention.</summary>
public sealed class SelfAttentionStudy : IStudy
{
    private const int PictureSize = 300;
    private const double Shown = 0.5;

    // Of a hundred objects.
    private const double ManyDuplicates = 20;

    // So many variants are of models that were trained for the study.
    private const int Trained = 3;

    private static readonly HeadsOff Off = new(new HeadSelection(AttentionKind.DecoderSelf));

    /// <inheritdoc/>
    public string Name => "self-attention";

    /// <inheritdoc/>
    public string Question => "What does the self-attention among object queries do: what is found by a model whose decoder's is switched off, and by one that was trained without?";

    /// <inheritdoc/>
    public string Paper =>
        "A single decoder layer cannot compare its answers and tends to find an object several times; from the second layer on self-attention lets queries inhibit duplicates (section 4.2, figure 4, where suppression helps after the first layer alone); a model without self-attention was not trained.";

    /// <summary>The arm without self-attention among queries.</summary>
    internal static StudyArm Without { get; } = new("no-self-attention") { HeadsOff = Off };

    /// <inheritdoc/>
    public bool TrainsModels => true;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        DetrModel model = workshop.Train(StudyArm.Base, cancellationToken);
        (DetrModel subject, IReadOnlyList<Category> categories, string name) = workshop.Subject(cancellationToken);
        (string Name, EvaluationResult Result)[] variants =
        [
            ("with", workshop.Evaluate(StudyArm.Base, cancellationToken)),
            ("switched off", Evaluate(model, workshop.Categories, Off, StudyArm.Base.Name)),
            ("trained without", workshop.Evaluate(Without, cancellationToken)),
        ];
        (string Name, EvaluationResult Result)[] found = subject == model ? [] :
        [
            (name, Evaluate(subject, categories, null, name)),
            ($"{name}, switched off", Evaluate(subject, categories, Off, name)),
        ];
        StudyResult result = Report([.. variants, .. found]);
        return result with { Figures = [.. result.Figures, Scene(variants, workshop.Scenes(workshop.ValidationScenes, PictureSize))] };

        EvaluationResult Evaluate(DetrModel model, IReadOnlyList<Category> known, HeadsOff? off, string called)
            => workshop.EvaluateLayers(model, known, off, off is null ? called : $"{called} without self-attention", cancellationToken)[^1];
    }

    /// <summary>The result of evaluations.</summary>
    /// <param name="variants">
    /// The evaluations with their names: with self-attention, with it switched off, and of a model trained without; and, where there is one,
    /// of a model that was not trained for the study, with self-attention and with it switched off.
    /// </param>
    internal static StudyResult Report(IReadOnlyList<(string Name, EvaluationResult Result)> variants)
    {
        EvaluationResult[] suppressed = [.. variants.Select(variant => variant.Result.Suppressed())];
        StudyTable table = new("The decoder's self-attention", "self-attention",
            [new("AP"), new("AP, suppressed"), new("AP50"), new("AP50, suppressed"), new("duplicates per 100 objects", "F1"), new("duplicates, suppressed", "F1")],
            [.. variants.Select((variant, i) => new StudyRow(
                variant.Name, variant.Result.Summary.AP, suppressed[i].Summary.AP, variant.Result.Summary.AP50, suppressed[i].Summary.AP50,
                variant.Result.DuplicatesPerHundred(), suppressed[i].DuplicatesPerHundred()))]);
        StudyFigure figure = new(
            "precision", "Average precision at IoU 0.50 with and without the decoder's self-attention, as it is and after non-maximum suppression",
            StudyCharts.Bars("AP50", variants.SelectMany((variant, i) => new[]
            {
                ($"{variant.Name}", variant.Result.Summary.AP50 ?? 0, 0), ($"{variant.Name}, suppressed", suppressed[i].Summary.AP50 ?? 0, 1),
            })));
        string finding = StudyText.IfLearnt(variants[0].Result.Precision(), Finding([.. variants.Select(variant => variant.Result)], suppressed));
        return new StudyResult(table, variants.Count > Trained ? $"{finding} {Found(variants[Trained].Name, [.. variants.Skip(Trained).Select(variant => variant.Result)], suppressed[Trained..])}" : finding, figure);
    }

    private static string Finding(EvaluationResult[] variants, EvaluationResult[] suppressed)
    {
        double[] duplicates = [.. variants.Select(StudyMeasures.DuplicatesPerHundred)];
        double[] precisions = [.. variants.Select(StudyMeasures.Precision)], helped = Helped(variants, suppressed);
        string Count(int variant) => FormattableString.Invariant($"{duplicates[variant]:F1}");
        string trained = duplicates[2] > (2 * duplicates[0]) + 1
                ? $"Without self-attention queries cannot know of each other: of a hundred objects {Count(2)} are found twice by the model that was trained without it, {Count(0)} by the one with it"
            : Math.Min(duplicates[0], duplicates[2]) > ManyDuplicates
                ? $"Neither model has learnt in so short a training to find each object once: of a hundred objects {Count(2)} are found twice by the one that was trained without self-attention, {Count(0)} by the one with it"
            : $"The model that was trained without self-attention finds hardly more objects twice than the one with it ({Count(2)} and {Count(0)} of a hundred): its queries have learnt to divide the picture among them without a word";
        string repaired = DoesSuppressionsWork(helped[0], helped[2])
            ? $"suppression, which changes the AP of the model with it by {StudyText.Signed(helped[0])} points, gives the other {StudyText.Signed(helped[2])}, so it is self-attention that does suppression's work, as the paper says"
            : $"suppression gives it no more ({StudyText.Signed(helped[2])} points) than the model with self-attention ({StudyText.Signed(helped[0])}), so duplicates are not what sets it apart";
        string off = $"switched off in the model that was trained with it, self-attention leaves an AP of {StudyText.Points(precisions[1])} instead of {StudyText.Points(precisions[0])} and {Count(1)} duplicates";
        return $"{trained}; {repaired} (AP {StudyText.Points(precisions[2])} and {StudyText.Points(precisions[0])}); {off}. Unlike the paper's model both have an encoder whose cells are trained to be objects too, so that queries find more settled than there.";
    }

    /// <summary>What a model that was not trained for the study does with and without its self-attention.</summary>
    private static string Found(string name, EvaluationResult[] variants, EvaluationResult[] suppressed)
    {
        (EvaluationResult with, EvaluationResult off) = (variants[0], variants[1]);
        double[] helped = Helped(variants, suppressed);
        double lost = with.Precision() - off.Precision();
        string duplicates = FormattableString.Invariant($"duplicates go from {with.DuplicatesPerHundred():F1} of a hundred objects to {off.DuplicatesPerHundred():F1}");
        string verdict = lost < StudyText.Noise
                ? $"switching self-attention off changes AP by {StudyText.Signed(-lost)} points, and {duplicates}: queries keep apart without it"
            : DoesSuppressionsWork(helped[0], helped[1])
                ? $"self-attention does suppression's work, as the paper says: switching it off costs {StudyText.Points(lost)} points, of which suppression gives {StudyText.Points(helped[1])} back, while it changes AP by {StudyText.Signed(helped[0])} where self-attention is on; {duplicates}"
            : $"switching self-attention off costs {StudyText.Points(lost)} points, which suppression does not give back ({StudyText.Signed(helped[1])}), and {duplicates}: what it does is not suppression's work";
        return StudyText.IfLearnt(with.Precision(), $"In {name} (AP {StudyText.Points(with.Precision())}) {verdict}.");
    }

    /// <summary>What suppression adds to AP.</summary>
    private static double[] Helped(EvaluationResult[] variants, EvaluationResult[] suppressed) => [.. variants.Zip(suppressed, (variant, without) => without.Precision() - variant.Precision())];

    /// <summary>Whether suppression adds more without self-attention than with it.</summary>
    private static bool DoesSuppressionsWork(double helpedWith, double helpedWithout) => helpedWithout > helpedWith + (StudyText.Noise / 2);

    /// <summary>The scene in which the variants differ most by how much they find, as each of them sees it.</summary>
    private static StudyFigure Scene((string Name, EvaluationResult Result)[] variants, ShapesDataset enlarged)
    {
        EvaluationResult first = variants[0].Result;
        int index = Enumerable.Range(0, first.Dataset.Count).MaxBy(place => variants.Max(variant => Of(variant.Result, place).Count()) - Of(first, place).Count());
        RgbImage scene = enlarged.Load(index);
        float scale = (float)PictureSize / first.Dataset.Annotations(index).Width;
        Dictionary<int, string> names = first.Dataset.Categories.ToDictionary(category => category.Id, category => category.Name);
        PanelGrid.Panel[] panels =
        [
            .. variants.Select(variant => new PanelGrid.Panel(
                DetectionFigure.Draw(scene, [.. Of(variant.Result, index).Select((detection, i) => Enlarged(detection, i))]), $"{variant.Name}: {Of(variant.Result, index).Count()} detections")),
        ];
        return new StudyFigure(
            "scene", "A scene with its detections above a score of 0.5, with self-attention, with it switched off, and by a model trained without it",
            PanelGrid.Draw("The decoder's self-attention", [panels]));

        IEnumerable<DetectionResult> Of(EvaluationResult result, int at)
            => result.Detections.Where(detection => detection.ImageId == result.Dataset.Annotations(at).Id && detection.Score >= Shown);

        Detection Enlarged(DetectionResult detection, int number) => new(
            number, detection.CategoryId, names[detection.CategoryId], (float)detection.Score,
            scale * (float)detection.Box.X, scale * (float)detection.Box.Y, scale * (float)(detection.Box.X + detection.Box.Width), scale * (float)(detection.Box.Y + detection.Box.Height));
    }
}
