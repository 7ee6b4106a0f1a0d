using System.Text.Json;
using System.Text.Json.Nodes;
using Detr.Data.Evaluation;

namespace Detr.Data.Tests.Panoptic;

/// <summary>Files scored against panopticapi's figures, and files that cannot be scored.</summary>
public sealed class PanopticScoringTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Truth => Path.Combine(_folder.Path, "gt.json");

    private string Predictions => Path.Combine(_folder.Path, "pred.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_figures_equal_the_originals()
    {
        CopyFixtures();
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Fixture("expected.json")));
        PanopticScore score = Score();
        Assert.Equal((8, 0), (score.Images, score.Ignored));
        foreach ((string name, PanopticQuality quality) in score.Summary.Figures)
        {
            JsonElement figures = expected.RootElement.GetProperty(name);
            Same(figures, quality.PQ, quality.SQ, quality.RQ);
            Assert.Equal(figures.GetProperty("n").GetInt32(), quality.Categories);
        }

        foreach (PanopticCategoryQuality quality in score.Summary.PerCategory)
        {
            Same(expected.RootElement.GetProperty("per_class").GetProperty($"{quality.Category.Id}"), quality.PQ, quality.SQ, quality.RQ);
        }

        static void Same(JsonElement figures, double? pq, double? sq, double? rq)
        {
            Assert.Equal(figures.GetProperty("pq").GetDouble(), pq!.Value, 1e-9);
            Assert.Equal(figures.GetProperty("sq").GetDouble(), sq!.Value, 1e-9);
            Assert.Equal(figures.GetProperty("rq").GetDouble(), rq!.Value, 1e-9);
        }
    }

    [Fact]
    public void The_truth_scores_one()
    {
        CopyFixtures();
        PanopticScore score = PanopticScoring.Score(Truth, Path.Combine(_folder.Path, "gt"), Truth, Path.Combine(_folder.Path, "gt"));
        Assert.All(score.Summary.Figures, figure => Assert.Equal(1, figure.Quality.PQ!.Value, 1e-12));
    }

    [Fact]
    public void The_same_figures_come_in_any_order_of_threads()
    {
        CopyFixtures();
        PanopticSummary first = Score().Summary;
        for (int i = 0; i < 4; i++)
        {
            PanopticSummary again = Score().Summary;
            Assert.Equal(first.All, again.All);
            Assert.Equal(first.PerCategory, again.PerCategory);
        }
    }

    [Fact]
    public void Predictions_beyond_the_ground_truth_do_not_count_and_are_counted()
    {
        CopyFixtures();
        PanopticQuality before = Score().Summary.All;
        Edit(Predictions, json => Annotations(json).Add(JsonNode.Parse("""{"image_id": "elsewhere", "file_name": "none.png", "segments_info": []}""")));
        PanopticScore score = Score();
        Assert.Equal(1, score.Ignored);
        Assert.Equal(before, score.Summary.All);
    }

    [Fact]
    public void A_picture_without_segments_finds_nothing()
    {
        CopyFixtures();
        foreach (int image in Enumerable.Range(1, 8))
        {
            PanopticMap map = PanopticPng.Read(Png("pred", image));
            PanopticPng.Write(new PanopticMap(map.Width, map.Height), Png("pred", image));
        }

        Edit(Predictions, json =>
        {
            foreach (JsonNode? item in Annotations(json))
            {
                item!["segments_info"] = new JsonArray();
            }
        });
        Assert.Equal(new PanopticQuality(0, 0, 0, 5), Score().Summary.All);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"annotations": [{"image_id": 1, "file_name": "1.png", "segments_in""")]
    [InlineData("""{"annotations": [{"image_id": 1, "file_name": null, "segments_info": []}]}""")]
    [InlineData("""{"annotations": [null]}""")]
    [InlineData("""{"annotations": [{"image_id": 1, "file_name": "1.png", "segments_info": [null]}]}""")]
    [InlineData("""{"annotations": [{"image_id": 1, "file_name": "1.png", "segments_info": [{"id": 99999999999, "category_id": 1}]}]}""")]
    public void Json_of_another_form_is_named(string text)
    {
        CopyFixtures();
        File.WriteAllText(Predictions, text);
        Refused(Predictions, "COCO's panoptic format");
    }

    [Fact]
    public void Categories_are_needed_and_are_told_apart()
    {
        CopyFixtures();
        Edit(Truth, json => json["categories"] = new JsonArray());
        Refused(Truth, "no categories");
        Edit(Truth, json => json["categories"] = JsonNode.Parse("""[{"id": 1, "name": "a", "isthing": 1}, {"id": 1, "name": "b", "isthing": 0}]"""));
        Refused(Truth, "category 1 twice");
        Edit(Truth, json => json["categories"] = JsonNode.Parse("""[{"id": 1, "name": "a"}]"""));
        Refused(Truth, "isthing");
    }

    [Fact]
    public void Every_picture_has_one_prediction()
    {
        CopyFixtures();
        Edit(Predictions, json => Annotations(json).RemoveAt(3));
        Refused("no prediction for 1 of the 8 images", "such as image 4");
        Edit(Predictions, json => Annotations(json).Add(Annotations(json)[0]!.DeepClone()));
        Refused(Predictions, "image 1 twice");
    }

    [Theory]
    [InlineData("../gt/2.png")]
    [InlineData("/etc/hostname")]
    [InlineData("a/../../b.png")]
    [InlineData("")]
    public void Files_lie_inside_their_folder(string name)
    {
        CopyFixtures();
        Edit(Predictions, json => Annotations(json)[1]!["file_name"] = name);
        Refused(Predictions, "image 2", "no file inside");
    }

    [Fact]
    public void Pictures_that_cannot_be_compared_are_named()
    {
        CopyFixtures();
        File.Delete(Png("pred", 5));
        Assert.Contains(Png("pred", 5), Assert.Throws<FileNotFoundException>(() => Score()).Message, StringComparison.Ordinal);
        PanopticPng.Write(new PanopticMap(3, 2), Png("pred", 5));
        Refused(Png("pred", 5), Png("gt", 5), "3 × 2", "128 × 80");
        File.WriteAllBytes(Png("pred", 5), File.ReadAllBytes(Png("gt", 5))[..200]);
        Refused(Png("pred", 5), "truncated");
        File.WriteAllBytes(Png("pred", 5), []);
        Refused(Png("pred", 5), "no PNG");
        RawPng.Write(Png("pred", 5), 100_000, 100_000, 8, 2, []);
        RawPng.Write(Png("gt", 5), 100_000, 100_000, 8, 2, []);
        Refused(Png("gt", 5), "pixels allowed");
    }

    [Fact]
    public void Json_and_png_have_to_agree()
    {
        CopyFixtures();
        Edit(Predictions, json => Segments(json, 0).RemoveAt(2));
        Refused(Predictions, "image 1", "segment 3 has pixels, but is not listed");
        Edit(Predictions, json => Segments(json, 0).Add(JsonNode.Parse("""{"id": 77, "category_id": 1}""")));
        Refused(Predictions, "image 1", "segment 77 is listed, but has no pixels");
        Edit(Predictions, json => Segments(json, 0)[0]!["category_id"] = 44);
        Refused(Predictions, "image 1", "segment 1 is of category 44");
        Edit(Truth, json => Segments(json, 6)[1]!["area"] = 12);
        Refused(Truth, "image 7", "segment 2 has", "its area is given as 12");
        Edit(Truth, json => Segments(json, 6)[1]!["id"] = 0);
        Refused(Truth, "image 7", "0 is void");
    }

    [Fact]
    public void Of_several_faults_the_first_is_named()
    {
        CopyFixtures();
        foreach (int image in new[] { 8, 6, 3 })
        {
            PanopticPng.Write(new PanopticMap(3, 2), Png("pred", image));
        }

        Refused(Png("pred", 3));
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "panoptic", name);

    private static JsonArray Annotations(JsonNode json) => json["annotations"]!.AsArray();

    private static JsonArray Segments(JsonNode json, int annotation) => Annotations(json)[annotation]!["segments_info"]!.AsArray();

    private void CopyFixtures()
    {
        foreach (string file in Directory.GetFiles(Fixture("."), "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(_folder.Path, Path.GetRelativePath(Fixture("."), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Writes the fixture again, changed.</summary>
    private void Edit(string file, Action<JsonNode> change)
    {
        foreach (string fixture in new[] { Truth, Predictions })
        {
            File.Copy(Fixture(Path.GetFileName(fixture)), fixture, overwrite: true);
        }

        JsonNode json = JsonNode.Parse(File.ReadAllBytes(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }

    private string Png(string side, int image) => Path.Combine(_folder.Path, side, $"{image}.png");

    private PanopticScore Score() => PanopticScoring.Score(Truth, Path.Combine(_folder.Path, "gt"), Predictions, Path.Combine(_folder.Path, "pred"));

    private void Refused(params string[] named)
    {
        string message = Assert.Throws<InvalidDataException>(() => Score()).Message;
        Assert.All(named, name => Assert.Contains(name, message, StringComparison.Ordinal));
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", message, StringComparison.Ordinal);
    }
}
