using System.Globalization;
using System.Text.Json;
using Detr.Data.Evaluation;

namespace Detr.Data.Tests.Coco;

/// <summary>Files scored against pycocotools' figures, and files that cannot be scored.</summary>
public sealed class CocoScoringTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bbox", EvaluationKind.Box)]
    [InlineData("segm", EvaluationKind.Mask)]
    public void All_figures_equal_the_originals(string name, EvaluationKind kind)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Fixture("expected.json")));
        EvaluationSummary summary = CocoScoring.Score(Fixture("ground_truth.json"), Fixture($"detections_{name}.json"), kind).Summary;
        foreach ((string figure, double? value) in summary.Figures)
        {
            Assert.Equal(expected.RootElement.GetProperty(name).GetProperty("stats").GetProperty(figure).GetDouble(), value ?? -1, 1e-6);
        }

        foreach (JsonProperty category in expected.RootElement.GetProperty(name).GetProperty("AP_per_category").EnumerateObject())
        {
            Assert.Equal(category.Value.GetDouble(), summary.PerCategory[int.Parse(category.Name, CultureInfo.InvariantCulture)].AP ?? -1, 1e-6);
        }
    }

    [Theory]
    [InlineData("""[[1, 1, 5, 1, 5, 4, 1, 4]]""")]
    [InlineData("""{"size": [10, 20], "counts": [11, 3, 7, 3, 7, 3, 7, 3, 156]}""")]
    public void Masks_come_as_polygons_and_as_runs(string segmentation)
    {
        string truth = Truth(segmentation), found = _folder.Write("found.json", """[{"image_id": 1, "category_id": 1, "score": 0.9, "segmentation": [[1, 1, 5, 1, 5, 4, 1, 4]]}]""");
        Assert.Equal(1, CocoScoring.Score(truth, found, EvaluationKind.Mask).Summary.AP!.Value, 1e-9);
    }

    [Theory]
    [InlineData("""[{"image_id": 7, "category_id": 1, "score": 0.9, "bbox": [1, 1, 4, 3]}]""", "image 7")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "score": 0.9}]""", "detection 1")]
    [InlineData("""[{"image_id": 1, "category_id": 1}]""", "score")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "score": 0.9, "bbox": [1, 1""", "results format")]
    [InlineData("""{"detections": []}""", "results format")]
    [InlineData("[null]", "null in one of its lists")]
    [InlineData("", "results format")]
    public void Files_that_cannot_be_scored_are_named(string detections, string named)
    {
        string found = _folder.Write("found.json", detections);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => CocoScoring.Score(Truth("[]"), found, EvaluationKind.Box));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_have_numbers_and_need_no_size_where_boxes_are_scored()
    {
        const string Truth = """{"images": [{"id": NUMBER}], "categories": [{"id": 1, "name": "cell"}], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 3]}]}""";
        string found = _folder.Write("found.json", """[{"image_id": 1, "category_id": 1, "score": 0.9, "bbox": [1, 1, 4, 3]}]""");
        Assert.Equal(1, CocoScoring.Score(Of("1.0"), found, EvaluationKind.Box).Summary.AP!.Value, 1e-9);
        Assert.Contains("'one'", Assert.Throws<InvalidDataException>(() => CocoScoring.Score(Of("\"one\""), found, EvaluationKind.Box)).Message, StringComparison.Ordinal);

        string Of(string id) => _folder.Write("truth.json", Truth.Replace("NUMBER", id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"size": [20, 10], "counts": [200]}""", "20 × 10")]
    [InlineData("""{"size": [10, 20], "counts": [100]}""", "add up")]
    [InlineData("""{"size": [10, 20]}""", "neither polygons nor runs")]
    [InlineData("""{"size": [10, 20], "counts": ";3747373L4L4L4"}""", "add up")]
    [InlineData("3", "no segmentation")]
    [InlineData("""[["x"]]""", "neither polygons nor runs")]
    public void Masks_that_are_none_are_named(string segmentation, string named)
    {
        string truth = Truth(segmentation), found = _folder.Write("found.json", "[]");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => CocoScoring.Score(truth, found, EvaluationKind.Mask));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("annotation 1", error.Message, StringComparison.Ordinal);
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    private string Truth(string segmentation) => _folder.Write("truth.json", $$"""
        {
          "images": [{"id": 1, "width": 20, "height": 10}],
          "categories": [{"id": 1, "name": "cell"}],
          "annotations": [{"id": 5, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 3], "area": 12, "iscrowd": 0, "segmentation": {{segmentation}}}]
        }
        """);
}
