using System.Globalization;
using System.Text.Json;
using Detr.Data.Evaluation;

namespace Detr.Data.Tests.Evaluation;

/// <summary>The evaluator against pycocotools' figures, and against cases small enough to do by hand.</summary>
public sealed class CocoEvaluatorTests
{
    [Fact]
    public void All_figures_equal_the_originals()
    {
        using JsonDocument truth = Read("ground_truth.json"), found = Read("detections_bbox.json"), expected = Read("expected.json");
        EvaluationSummary summary = CocoEvaluator.Evaluate(
            truth.RootElement.GetProperty("annotations").EnumerateArray().Select(item => new TrueObject(
                item.GetProperty("image_id").GetInt64(), item.GetProperty("category_id").GetInt32(), Box(item),
                item.GetProperty("area").GetDouble(), item.GetProperty("iscrowd").GetInt32() == 1)),
            found.RootElement.EnumerateArray().Select(item => new DetectionResult(
                item.GetProperty("image_id").GetInt64(), item.GetProperty("category_id").GetInt32(), Box(item), item.GetProperty("score").GetDouble())),
            truth.RootElement.GetProperty("images").EnumerateArray().Select(item => item.GetProperty("id").GetInt64()),
            truth.RootElement.GetProperty("categories").EnumerateArray().Select(item => item.GetProperty("id").GetInt32()));

        JsonElement stats = expected.RootElement.GetProperty("bbox").GetProperty("stats");
        (string Name, double? Value)[] figures =
        [
            ("AP", summary.AP), ("AP50", summary.AP50), ("AP75", summary.AP75), ("APsmall", summary.APsmall), ("APmedium", summary.APmedium),
            ("APlarge", summary.APlarge), ("AR1", summary.AR1), ("AR10", summary.AR10), ("AR100", summary.AR100), ("ARsmall", summary.ARsmall),
            ("ARmedium", summary.ARmedium), ("ARlarge", summary.ARlarge),
        ];
        foreach ((string name, double? value) in figures)
        {
            Assert.Equal(stats.GetProperty(name).GetDouble(), value ?? -1, 1e-6);
        }

        foreach (JsonProperty category in expected.RootElement.GetProperty("bbox").GetProperty("AP_per_category").EnumerateObject())
        {
            Assert.Equal(category.Value.GetDouble(), summary.PerCategory[int.Parse(category.Name, CultureInfo.InvariantCulture)].AP ?? -1, 1e-6);
        }
    }

    [Fact]
    public void Finding_everything_exactly_scores_one_and_nothing_scores_zero()
    {
        TrueObject[] truth = [Truth(1, 10), Truth(2, 50)];
        EvaluationSummary all = CocoEvaluator.Evaluate(truth, truth.Select(item => new DetectionResult(item.ImageId, 1, item.Box, 0.9)), [1, 2], [1]);
        Assert.Equal(1, all.AP!.Value, 1e-9);
        Assert.Equal(1, all.AR1!.Value, 1e-9);
        Assert.Equal(0, CocoEvaluator.Evaluate(truth, [], [1, 2], [1]).AP);
    }

    [Fact]
    public void Other_thresholds_take_the_place_of_COCOs()
    {
        // Of the object's box, 0.3 is found.
        TrueObject[] truth = [Truth(1, 10)];
        ResultBox box = truth[0].Box;
        DetectionResult[] found = [new(1, 1, box with { Width = 0.3 * box.Width }, 0.9)];
        Assert.Equal(0, CocoEvaluator.Evaluate(truth, found, [1], [1]).AP);
        EvaluationSummary loose = CocoEvaluator.Evaluate(truth, found, [1], [1], thresholds: [0.2, 0.25, 0.5, 0.95]);
        Assert.Equal(0.5, loose.AP!.Value, 1e-9);
        Assert.Equal(0.5, loose.AR1!.Value, 1e-9);
        Assert.Equal((0.0, null), (loose.AP50, loose.AP75));
        Assert.Empty(loose.PerCategory[1].PrecisionAt75);
        Assert.Single(loose.Matches.Image(1).Detections);
        Assert.Equal(1, loose.Matches.Thresholds.At(0.5).Recall);
        Assert.Throws<ArgumentException>(() => CocoEvaluator.Evaluate(truth, found, [1], [1], thresholds: []));
    }

    [Fact]
    public void Without_objects_there_is_no_figure()
    {
        EvaluationSummary summary = CocoEvaluator.Evaluate([], [new DetectionResult(1, 1, new ResultBox(0, 0, 5, 5), 0.5)], [1], [1]);
        Assert.Null(summary.AP);
        Assert.Null(summary.PerCategory[1].AP);
    }

    [Fact]
    public void A_crowd_costs_nothing_and_earns_nothing()
    {
        TrueObject crowd = new(1, 1, new ResultBox(0, 0, 100, 100), 10000, IsCrowd: true);
        TrueObject single = new(1, 1, new ResultBox(200, 200, 50, 50), 2500, IsCrowd: false);
        DetectionResult[] found = [new(1, 1, new ResultBox(10, 10, 20, 20), 0.99), new(1, 1, new ResultBox(50, 50, 20, 20), 0.98), new(1, 1, single.Box, 0.5)];
        Assert.Equal(1, CocoEvaluator.Evaluate([crowd, single], found, [1], [1]).AP!.Value, 1e-9);
    }

    private static TrueObject Truth(long image, double size) => new(image, 1, new ResultBox(5, 5, size, size), size * size, IsCrowd: false);

    private static ResultBox Box(JsonElement item)
    {
        JsonElement box = item.GetProperty("bbox");
        return new ResultBox(box[0].GetDouble(), box[1].GetDouble(), box[2].GetDouble(), box[3].GetDouble());
    }

    private static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", file)));
}
