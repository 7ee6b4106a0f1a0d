using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Explain.Judging;

/// <summary>Curves of cells taken away and given back, for a scorer that looks at one cell only.</summary>
public sealed class PerturbationTests
{
    private const int Side = 32;
    private const int Cells = 16;
    private const int Seen = 6;
    private static readonly MapPlacement Placement = new(Side, Side, 8, 4, 4);

    [Theory]
    [InlineData(PerturbationBaseline.Blurred)]
    [InlineData(PerturbationBaseline.MeanColor)]
    public void A_map_that_knows_the_cell_has_the_least_and_the_largest_area(PerturbationBaseline baseline)
    {
        RgbImage image = Picture();
        PerturbationOptions options = new() { Baseline = baseline, Steps = Cells };
        float[] right = Ranked(Enumerable.Range(0, Cells).OrderByDescending(cell => cell == Seen)), wrong = Ranked(Enumerable.Range(0, Cells).OrderBy(cell => cell == Seen));
        PerturbationCurve deletion = Perturbation.Delete(image, right, Placement, Score(image), options);
        Assert.Equal([1.0, .. Enumerable.Repeat(0.0, Cells)], deletion.Scores);
        Assert.Equal([.. Enumerable.Range(0, Cells + 1).Select(i => i / (double)Cells)], deletion.Shares);
        Assert.Equal(0.5 / Cells, deletion.Area, 1e-12);
        Assert.Equal(1 - (0.5 / Cells), Perturbation.Insert(image, right, Placement, Score(image), options).Area, 1e-12);
        Assert.Equal(1 - (0.5 / Cells), Perturbation.Delete(image, wrong, Placement, Score(image), options).Area, 1e-12);
        Assert.Equal(0.5 / Cells, Perturbation.Insert(image, wrong, Placement, Score(image), options).Area, 1e-12);
    }

    [Fact]
    public void Equal_cells_go_in_their_order()
    {
        RgbImage image = Picture();
        PerturbationCurve curve = Perturbation.Delete(image, new float[Cells], Placement, Score(image), new PerturbationOptions { Steps = 100 });
        Assert.Equal([.. Enumerable.Repeat(1.0, Seen + 1), .. Enumerable.Repeat(0.0, Cells - Seen)], curve.Scores);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void Batches_change_nothing(int size)
    {
        RgbImage image = Picture();
        float[] map = [.. Enumerable.Range(0, Cells).Select(cell => MathF.Sin(cell))];
        List<int> sizes = [];
        PerturbationCurve whole = Perturbation.Insert(image, map, Placement, Score(image), new PerturbationOptions { Steps = 7, BatchSize = 100 });
        PerturbationCurve parts = Perturbation.Insert(image, map, Placement, Counted, new PerturbationOptions { Steps = 7, BatchSize = size });
        Assert.Equal(whole.Scores, parts.Scores);
        Assert.Equal(8, sizes.Sum());
        Assert.All(sizes, count => Assert.InRange(count, 1, size));

        IReadOnlyList<double> Counted(IReadOnlyList<RgbImage> images)
        {
            sizes.Add(images.Count);
            return Score(image)(images);
        }
    }

    [Fact]
    public void The_ends_are_the_picture_and_nothing_of_it()
    {
        RgbImage image = Picture();
        List<RgbImage> seen = [];
        Perturbation.Delete(image, new float[Cells], Placement, Keep, new PerturbationOptions { Baseline = PerturbationBaseline.MeanColor });
        Assert.Equal(image.Pixels, seen[0].Pixels);
        Assert.Single(seen[^1].Pixels.Chunk(3).Select(pixel => (pixel[0], pixel[1], pixel[2])).Distinct());

        IReadOnlyList<double> Keep(IReadOnlyList<RgbImage> images)
        {
            seen.AddRange(images);
            return [.. images.Select(_ => 0.0)];
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 300)]
    public void One_cell_is_all_or_nothing(int width, int height)
    {
        PerturbationCurve curve = Perturbation.Delete(new RgbImage(width, height), [2], new MapPlacement(3, 3, 32, 1, 1), images => [.. images.Select(_ => 0.5)]);
        Assert.Equal([0.0, 1.0], curve.Shares);
        Assert.Equal(0.5, curve.Area);
    }

    [Fact]
    public void What_has_no_order_or_no_steps_is_refused()
    {
        RgbImage image = Picture();
        float[] map = new float[Cells];
        Assert.Throws<ArgumentException>(() => Perturbation.Delete(image, map.AsSpan(1), Placement, Score(image)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Perturbation.Delete(image, map, Placement, Score(image), new PerturbationOptions { Steps = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Perturbation.Insert(image, map, Placement, Score(image), new PerturbationOptions { BatchSize = 0 }));
        map[3] = float.NaN;
        Assert.Throws<ArgumentException>(() => Perturbation.Insert(image, map, Placement, Score(image)));
    }

    [Fact]
    public void An_objects_score_is_its_classs_probability_where_its_box_is()
    {
        DetrModel model = SmallModel.Create();
        RgbImage image = SmallModel.Scenes(1).Load(0), dark = new(image.Width, image.Height);
        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        using DetectionBatch batch = BatchBuilder.Build([(image, new BoxTargets([], []))], [0]);
        Detection found = PostProcess.Run(model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding), 0, 1, 1, []).MaxBy(detection => detection.Score)!;
        ResultBox box = new(found.X0, found.Y0, found.X1 - found.X0, found.Y1 - found.Y0);

        IReadOnlyList<double> scores = new ObjectScore(model, backend, found.LabelId, box).Of([image, dark]);
        Assert.Equal(found.Score, scores[0], 1e-4);
        Assert.InRange(scores[1], 0, 1);
        Assert.Equal(scores[1], Assert.Single(new ObjectScore(model, backend, found.LabelId, box).Of([dark])), 1e-5);
        Assert.Equal(0, Assert.Single(new ObjectScore(model, backend, found.LabelId, new ResultBox(4, 4, 1, 1)).Of([image])));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ObjectScore(model, backend, model.Options.Classes, box));
    }

    /// <summary>Chequered, so that no pixel is like its blur or the mean.</summary>
    private static RgbImage Picture()
    {
        RgbImage image = new(Side, Side);
        for (int i = 0; i < Side * Side; i++)
        {
            image.Pixels.AsSpan(3 * i, 3).Fill((byte)(((i / Side) + i) % 2 == 0 ? 240 : 10));
        }

        return image;
    }

    private static float[] Ranked(IEnumerable<int> cells)
    {
        float[] map = new float[Cells];
        foreach ((int rank, int cell) in cells.Index())
        {
            map[cell] = -rank;
        }

        return map;
    }

    /// <summary>1 where the pixel at the centre of one cell is that of the picture.</summary>
    private static Func<IReadOnlyList<RgbImage>, IReadOnlyList<double>> Score(RgbImage image) => images =>
    {
        (double x, double y) = Placement.Centre(Seen / 4, Seen % 4, Side, Side);
        int place = 3 * (((int)y * Side) + (int)x);
        return [.. images.Select(other => other.Pixels[place] == image.Pixels[place] ? 1.0 : 0.0)];
    };
}
