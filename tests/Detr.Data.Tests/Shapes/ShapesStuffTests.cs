using System.Text.Json.Nodes;
using Detr.Data.Evaluation;
using Detr.Imaging;

namespace Detr.Data.Tests.Shapes;

/// <summary>Scenes whose grounds are stuff.</summary>
public sealed class ShapesStuffTests
{
    private static readonly ShapesDataset Scenes = new(60, 3, new ShapesOptions { HasStuff = true });

    [Fact]
    public void Every_pixel_has_a_segment_and_stuff_comes_once_and_last()
    {
        HashSet<int> seen = [];
        for (int i = 0; i < Scenes.Count; i++)
        {
            PanopticSegmentation segmentation = Scenes.Segmentation(i);
            Assert.DoesNotContain(PanopticMap.Void, segmentation.Map.Ids);
            int[] categories = [.. segmentation.Segments.Select(segment => segment.CategoryId)], stuff = [.. categories.Where(IsStuff)];
            Assert.InRange(stuff.Length, 1, 3);
            Assert.Equal(stuff.Distinct(), categories[^stuff.Length..]);
            seen.UnionWith(stuff);
        }

        Assert.Equal(Scenes.PanopticCategories.Where(category => !category.IsThing).Select(category => category.Id), seen.Order());
        Assert.Equal(["sand", "water", "grass", "stone"], Scenes.Categories.Skip(12).Select(category => category.Name));
    }

    [Fact]
    public void Shapes_are_where_they_are_without_stuff()
    {
        ShapesDataset plain = new(Scenes.Count, 3, new ShapesOptions());
        for (int i = 0; i < 10; i++)
        {
            IReadOnlyList<RunLengthMask> all = Scenes.Masks(i), things = plain.Masks(i);
            Assert.Equal(things.Select(mask => mask.ToPixels()), all.Take(things.Count).Select(mask => mask.ToPixels()));
            Assert.Equal(plain.Annotations(i).Objects.Select(item => item.Category), Scenes.Annotations(i).Objects.Take(things.Count).Select(item => item.Category));
            Assert.Equal(Scenes.Annotations(i).Objects.Count, all.Count);
        }
    }

    [Fact]
    public void Boxes_and_areas_are_the_masks()
    {
        for (int i = 0; i < 10; i++)
        {
            foreach ((ObjectAnnotation item, RunLengthMask mask) in Scenes.Annotations(i).Objects.Zip(Scenes.Masks(i)))
            {
                Assert.Equal(mask.Bounds(), new ResultBox(item.X0, item.Y0, item.X1 - item.X0, item.Y1 - item.Y0));
                Assert.Equal((float)mask.Area, item.Area);
            }
        }
    }

    [Fact]
    public void Sorts_of_ground_differ_in_colour()
    {
        Dictionary<int, List<double>> hues = [];
        for (int i = 0; i < 20; i++)
        {
            RgbImage image = Scenes.Load(i);
            PanopticSegmentation segmentation = Scenes.Segmentation(i);
            foreach (PanopticSegment segment in segmentation.Segments.Where(segment => IsStuff(segment.CategoryId) && segment.Area > 500))
            {
                int[] pixels = [.. Enumerable.Range(0, segmentation.Map.Ids.Length).Where(pixel => segmentation.Map.Ids[pixel] == segment.Id)];
                double Mean(int channel) => pixels.Average(pixel => image.Pixels[(3 * pixel) + channel]);
                (hues.TryGetValue(segment.CategoryId, out List<double>? list) ? list : hues[segment.CategoryId] = []).Add(Mean(0) - Mean(2));
            }
        }

        // Red minus blue: sand about 60, grass 16, stone −2, water −54; objects' soft edges blur it a little.
        double[] means = [.. hues.OrderBy(pair => pair.Key).Select(pair => pair.Value.Average())];
        Assert.InRange(means[0], 45, 70);
        Assert.InRange(means[1], -65, -40);
        Assert.InRange(means[2], 8, 25);
        Assert.InRange(means[3], -10, 7);
    }

    [Fact]
    public void The_truth_scores_one_against_itself_and_less_against_a_neighbour()
    {
        PanopticSummary own = PanopticEvaluator.Summarize(Scenes.PanopticCategories, Enumerable.Range(0, 10).Select(i => PanopticEvaluator.Match(Scenes.Segmentation(i), Scenes.Segmentation(i))));
        Assert.All(own.Figures, figure => Assert.Equal(1, figure.Quality.PQ!.Value, 1e-12));
        PanopticSummary other = PanopticEvaluator.Summarize(Scenes.PanopticCategories, Enumerable.Range(0, 10).Select(i => PanopticEvaluator.Match(Scenes.Segmentation(i), Scenes.Segmentation(i + 1))));
        Assert.InRange(other.All.PQ!.Value, 0, 0.5);
    }

    /// <summary>The shapes painted over with void: only the ground is left, and it is still found, since void takes nothing away.</summary>
    [Fact]
    public void Only_stuff_is_found_where_only_stuff_is_predicted()
    {
        PanopticSummary summary = PanopticEvaluator.Summarize(Scenes.PanopticCategories, Enumerable.Range(0, 10).Select(i =>
        {
            PanopticSegmentation truth = Scenes.Segmentation(i);
            PanopticSegment[] stuff = [.. truth.Segments.Where(segment => IsStuff(segment.CategoryId))];
            PanopticMap map = new(truth.Map.Width, truth.Map.Height);
            for (int pixel = 0; pixel < map.Ids.Length; pixel++)
            {
                map.Ids[pixel] = stuff.Any(segment => segment.Id == truth.Map.Ids[pixel]) ? truth.Map.Ids[pixel] : PanopticMap.Void;
            }

            return PanopticEvaluator.Match(truth, PanopticSegmentation.Create(map, stuff));
        }));
        Assert.Equal(1, summary.Stuff.PQ!.Value, 1e-12);
        Assert.Equal(0, summary.Things.PQ!.Value);
        Assert.Equal((double)summary.Stuff.Categories / summary.All.Categories, summary.All.PQ!.Value, 1e-12);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Masks_of_the_written_instances_score_one_against_themselves(bool hasStuff)
    {
        using TemporaryFolder folder = new();
        ShapesWriter.Write(folder.Path, "val", new ShapesDataset(5, 3, new ShapesOptions { HasStuff = hasStuff }));
        string truth = Path.Combine(folder.Path, "annotations", "instances_val.json");
        JsonNode json = JsonNode.Parse(File.ReadAllBytes(truth))!;
        JsonArray found = json["annotations"]!.DeepClone().AsArray();
        foreach (JsonNode? detection in found)
        {
            detection!["score"] = 0.9;
        }

        CocoScore score = CocoScoring.Score(truth, folder.Write("masks.json", found.ToJsonString()), EvaluationKind.Mask);
        Assert.Equal(1, score.Summary.AP!.Value, 1e-9);
        Assert.Equal(12, score.Categories.Count);
    }

    private static bool IsStuff(int category) => !Scenes.PanopticCategories[category - 1].IsThing;
}
