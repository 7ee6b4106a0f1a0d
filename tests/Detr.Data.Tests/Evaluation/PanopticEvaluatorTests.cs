using Detr.Data.Evaluation;

namespace Detr.Data.Tests.Evaluation;

/// <summary>Panoptic quality of pictures small enough to do by hand, and of many against the definition in sets of pixels.</summary>
public sealed class PanopticEvaluatorTests
{
    private const int Cat = 1;
    private const int Dog = 5;
    private const int Sky = 9;
    private static readonly PanopticCategory[] Categories = [new(Cat, "cat", true), new(Dog, "dog", true), new(Sky, "sky", false)];

    [Fact]
    public void A_picture_done_by_hand()
    {
        PanopticSegmentation truth = Segmentation(
            [(1, Cat), (2, Cat), (3, Sky)],
            [1, 1, 1, 2, 2],
            [1, 1, 1, 2, 2],
            [3, 3, 3, 0, 0],
            [3, 3, 3, 0, 0]);
        PanopticSegmentation predicted = Segmentation(
            [(11, Cat), (12, Cat), (13, Sky), (14, Cat)],
            [11, 11, 12, 12, 12],
            [11, 11, 12, 12, 12],
            [13, 13, 13, 13, 13],
            [13, 13, 13, 14, 14]);

        PanopticMatches matches = PanopticEvaluator.Match(truth, predicted);
        Assert.Equal([(1, 11, 4 / 6.0), (2, 12, 4 / 6.0), (3, 13, 1.0)], matches.Matched.Select(match => (match.Truth.Id, match.Predicted.Id, match.IntersectionOverUnion)));
        Assert.Empty(matches.Missed);
        Assert.Empty(matches.Invented);

        PanopticSummary summary = PanopticEvaluator.Summarize(Categories, [matches]);
        Assert.Equal(2 / 3.0, summary.Things.PQ!.Value, 1e-12);
        Assert.Equal(1, summary.Things.Categories);
        Assert.Equal(1, summary.Stuff.PQ!.Value, 1e-12);
        Assert.Equal(5 / 6.0, summary.All.PQ!.Value, 1e-12);
        Assert.Equal(5 / 6.0, summary.All.SQ!.Value, 1e-12);
        Assert.Equal(1, summary.All.RQ!.Value, 1e-12);
        Assert.Equal(2, summary.All.Categories);
        Assert.Null(summary.PerCategory[1].PQ);
    }

    [Fact]
    public void Errors_cost_half_each()
    {
        PanopticCategoryQuality quality = new(Categories[0], Matched: 3, Invented: 2, Missed: 4, IntersectionOverUnion: 2.4);
        Assert.Equal(2.4 / 6, quality.PQ!.Value, 1e-12);
        Assert.Equal(0.8, quality.SQ!.Value, 1e-12);
        Assert.Equal(0.5, quality.RQ!.Value, 1e-12);
        PanopticCategoryQuality none = new(Categories[0], Matched: 0, Invented: 1, Missed: 0, IntersectionOverUnion: 0);
        Assert.Equal([0.0, 0.0, 0.0], [none.PQ!.Value, none.SQ!.Value, none.RQ!.Value]);
    }

    [Fact]
    public void Half_an_overlap_is_no_match_and_half_on_void_no_excuse()
    {
        PanopticMatches half = PanopticEvaluator.Match(Segmentation([(1, Cat), (2, Dog)], [1, 1, 2]), Segmentation([(1, Cat), (2, Dog)], [1, 2, 2]));
        Assert.Equal([1, 2], half.Missed.Select(segment => segment.Id));
        Assert.Equal([1, 2], half.Invented.Select(segment => segment.Id));
        Assert.Single(PanopticEvaluator.Match(Segmentation([(1, Cat)], [1, 1, 0, 0]), Segmentation([(7, Dog)], [0, 7, 7, 0])).Invented);
        Assert.Empty(PanopticEvaluator.Match(Segmentation([(1, Cat)], [1, 1, 0, 0]), Segmentation([(7, Dog)], [0, 7, 7, 7])).Invented);
    }

    [Fact]
    public void Of_a_categorys_crowds_the_last_excuses()
    {
        PanopticSegmentation truth = PanopticSegmentation.Create(
            Map([1, 1, 1, 2, 2, 2, 3, 3]),
            [new PanopticSegment(1, Cat) { IsCrowd = true }, new PanopticSegment(2, Cat) { IsCrowd = true }, new PanopticSegment(3, Cat)]);
        PanopticMatches matches = PanopticEvaluator.Match(truth, Segmentation([(11, Cat), (12, Cat), (13, Cat)], [11, 11, 11, 12, 12, 12, 13, 13]));
        Assert.Equal(13, Assert.Single(matches.Matched).Predicted.Id);
        Assert.Equal(11, Assert.Single(matches.Invented).Id);
        Assert.Empty(matches.Missed);
        Assert.Equal(11, Assert.Single(PanopticEvaluator.Match(truth, Segmentation([(11, Dog), (13, Cat)], [11, 11, 11, 11, 11, 11, 13, 13])).Invented).Id);
    }

    [Fact]
    public void A_prediction_may_be_numbered_zero_and_a_truth_may_not()
    {
        PanopticSegmentation predicted = Segmentation([(0, Cat), (5, Dog)], [0, 0, 5, 5]);
        Assert.Equal(2, PanopticEvaluator.Match(Segmentation([(1, Cat), (2, Dog)], [1, 1, 2, 2]), predicted).Matched.Count);
        Assert.Throws<ArgumentException>(() => PanopticEvaluator.Match(predicted, predicted));
        Assert.Throws<ArgumentException>(() => PanopticEvaluator.Match(Segmentation([(1, Cat)], [1, 1]), Segmentation([(1, Cat)], [1], [1])));
    }

    [Fact]
    public void Without_segments_there_is_no_figure()
    {
        PanopticSummary summary = PanopticEvaluator.Summarize(Categories, [PanopticEvaluator.Match(Segmentation([], [0, 0]), Segmentation([], [0, 0]))]);
        Assert.All(summary.Figures, figure => Assert.Equal(new PanopticQuality(null, null, null, 0), figure.Quality));
    }

    /// <summary>The paper's rules in sets of pixels, void taken out of every prediction, against the count of pairs.</summary>
    [Fact]
    public void Random_pictures_equal_the_definition()
    {
        Random random = new(3);
        int matched = 0, excused = 0;
        for (int round = 0; round < 300; round++)
        {
            int width = 1 + random.Next(9), height = 1 + random.Next(9), segments = random.Next(6);
            PanopticMap trueMap = new(width, height), predictedMap = new(width, height);
            for (int i = 0; i < trueMap.Ids.Length; i++)
            {
                trueMap.Ids[i] = i > 0 && random.Next(3) > 0 ? trueMap.Ids[i - 1] : random.Next(segments + 1);
                predictedMap.Ids[i] = random.Next(5) > 0 ? trueMap.Ids[i] : random.Next(segments + 2);
            }

            int[] kinds = [.. Enumerable.Range(0, 8).Select(_ => random.Next(3) == 0 ? Dog : Cat)];
            PanopticSegmentation truth = PanopticSegmentation.Create(trueMap, Ids(trueMap).Select(id => new PanopticSegment(id, kinds[id]) { IsCrowd = random.Next(4) == 0 }));
            PanopticSegmentation predicted = PanopticSegmentation.Create(predictedMap, Ids(predictedMap).Select(id => new PanopticSegment(id, random.Next(6) == 0 ? Sky : kinds[id])));
            PanopticMatches matches = PanopticEvaluator.Match(truth, predicted);

            HashSet<int> voids = Pixels(trueMap, 0);
            List<(int, int, double)> pairs = [];
            foreach (PanopticSegment real in truth.Segments.Where(segment => !segment.IsCrowd))
            {
                foreach (PanopticSegment found in predicted.Segments.Where(segment => segment.CategoryId == real.CategoryId))
                {
                    HashSet<int> here = Pixels(trueMap, real.Id), there = Pixels(predictedMap, found.Id);
                    there.ExceptWith(voids);
                    double overlap = (double)here.Intersect(there).Count() / here.Union(there).Count();
                    if (overlap > 0.5)
                    {
                        pairs.Add((real.Id, found.Id, overlap));
                    }
                }
            }

            Assert.Equal(pairs, matches.Matched.Select(match => (match.Truth.Id, match.Predicted.Id, match.IntersectionOverUnion)));
            Assert.Equal(truth.Segments.Where(segment => !segment.IsCrowd && !pairs.Exists(pair => pair.Item1 == segment.Id)), matches.Missed);
            PanopticSegment[] left = [.. predicted.Segments.Where(segment => !pairs.Exists(pair => pair.Item2 == segment.Id))];
            PanopticSegment[] invented = [.. left.Where(segment => !IsExcused(segment))];
            Assert.Equal(invented, matches.Invented);
            (matched, excused) = (matched + pairs.Count, excused + left.Length - invented.Length);

            bool IsExcused(PanopticSegment segment)
            {
                HashSet<int> free = Pixels(predictedMap, segment.Id);
                free.ExceptWith(voids);
                if (truth.Segments.LastOrDefault(item => item.IsCrowd && item.CategoryId == segment.CategoryId) is { } crowd)
                {
                    free.ExceptWith(Pixels(trueMap, crowd.Id));
                }

                return free.Count < segment.Area / 2.0;
            }
        }

        Assert.True(matched > 100 && excused > 20);
    }

    private static IEnumerable<int> Ids(PanopticMap map) => map.Ids.Where(id => id != 0).Distinct();

    private static HashSet<int> Pixels(PanopticMap map, int id) => [.. Enumerable.Range(0, map.Ids.Length).Where(pixel => map.Ids[pixel] == id)];

    private static PanopticSegmentation Segmentation((int Id, int Category)[] segments, params int[][] rows)
        => PanopticSegmentation.Create(Map(rows), segments.Select(segment => new PanopticSegment(segment.Id, segment.Category)));

    private static PanopticMap Map(params int[][] rows) => Panoptic.PanopticSegmentationTests.MapOf(rows);
}
