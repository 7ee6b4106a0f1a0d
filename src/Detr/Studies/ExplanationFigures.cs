using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Studies;

/// <summary>The figures of the study <c>explanations</c>.</summary>
internal static class ExplanationFigures
{
    private const int ChartWidth = 860;
    private const int ChartHeight = 380;
    private const int Side = 150;
    private static readonly Rgb TruthColor = PanelGrid.BoxColor;
    private static readonly Rgb MaskColor = new(90, 255, 110);

    // Variants of relevance are in the table.
    private static readonly string[] Shown =
    [
        ExplanationTables.Relevance, ExplanationTables.RawAttention, new GradCam().Name, new Rollout().Name, new PartialLrp().Name, new TransformerAttribution().Name, SceneJudge.TrueMask, SceneJudge.Chance,
    ];

    /// <summary>The mean deletion and insertion curves, as far as they were followed cell by cell.</summary>
    /// <param name="scores">The methods, of at least one map.</param>
    internal static RgbImage Curves(IReadOnlyList<MethodScore> scores)
    {
        MethodScore[] shown = [.. Shown.Select(name => scores.First(score => score.Name == name))];
        return LineChart.RenderColumn(
        [
            Chart("Deletion: a good map's falls fast", score => score.Deletion),
            Chart("Insertion: a good map's rises fast", score => score.Insertion),
        ], ChartWidth, ChartHeight);

        LineChart Chart(string title, Func<MethodScore, PerturbationCurve> curve) => new(title, "share of cells", "mean score", [.. shown.Select((score, i) => Line(score.Name, curve(score), i))])
        {
            YRange = (0, 1),
        };
    }

    /// <summary>Three objects, at the quarters of how well the relevance map's mask fits, with their maps.</summary>
    /// <param name="judge">Makes the maps.</param>
    /// <param name="scenes">The pictures.</param>
    /// <param name="judged">The judged scenes, with at least one object.</param>
    internal static RgbImage Examples(SceneJudge judge, ShapesDataset scenes, IReadOnlyList<JudgedScene> judged)
    {
        (int Scene, int Place, double Overlap)[] objects =
        [
            .. judged.SelectMany(scene => scene.Objects.Select((item, place) => (scene.Index, place, item.Maps[ExplanationTables.Relevance].Overlap))).OrderBy(item => item.Overlap),
        ];
        return PanelGrid.Draw(
            "The same objects by each method", [.. Enumerable.Range(1, 3).Select(quarter => objects[objects.Length * quarter / 4]).Distinct().Select(item => Row(judge, scenes, item.Scene, item.Place))],
            FigureText.EachScale("map"), [(TruthColor, "the object"), (MaskColor, "the map's mask")]);
    }

    private static IReadOnlyList<PanelGrid.Panel> Row(SceneJudge judge, ShapesDataset scenes, int scene, int place)
    {
        RgbImage image = scenes.Load(scene);
        MapPlacement placement = judge.Placement(scene);
        MappedObject item = judge.Explain(scene)[place];
        RunLengthMask truth = item.Truth.Mask!;
        FigurePicture photograph = new(image, Side);
        return
        [
            new(photograph.Copy().Outline(truth, TruthColor).Image, $"{item.Detection.Label}\nscore {FormattableString.Invariant($"{item.Detection.Score:F2}")}"),
            .. Shown.Select(name =>
            {
                float[] map = item.Maps[name];
                RunLengthMask mask = MapMask.From(map, placement, image.Width, image.Height);
                return new PanelGrid.Panel(
                    photograph.Copy().Under(map, placement, MapScale.Of(map)).Outline(truth, TruthColor).Outline(mask, MaskColor).Image,
                    FormattableString.Invariant($"{name}\nIoU {mask.IntersectionOverUnion(truth, isCrowd: false):F2}"));
            }),
        ];
    }

    /// <summary>A curve without its last point, which is far from the others and the same for all.</summary>
    private static LineSeries Line(string name, PerturbationCurve curve, int index)
        => new(name, [.. curve.Shares.SkipLast(1)], [.. curve.Scores.SkipLast(1)], Palette.ForIndex(index));
}
