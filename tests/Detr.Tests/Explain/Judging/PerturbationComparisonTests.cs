using Detr.Data.Evaluation;
using Detr.Explain;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Explain.Judging;

/// <summary>Curves of many maps at once are those of each alone.</summary>
public sealed class PerturbationComparisonTests
{
    [Fact]
    public void Many_maps_have_the_curves_that_each_has_alone()
    {
        DetrModel model = SmallModel.Create();
        RgbImage image = SmallModel.Scenes(1).Load(0);
        MapPlacement placement = MapPlacement.Unpadded(model.Options.Backbone, image.Width, image.Height);
        float[] rising = [.. Enumerable.Range(0, placement.Rows * placement.Columns).Select(cell => (float)cell)], wave = Array.ConvertAll(rising, cell => MathF.Sin(cell));
        ObjectMap[] maps =
        [
            new(3, new ResultBox(0.2, 0.2, 0.6, 0.6), rising), new(3, new ResultBox(0.2, 0.2, 0.6, 0.6), wave), new(5, new ResultBox(0, 0, 1, 1), rising), new(3, new ResultBox(0.2, 0.2, 0.6, 0.6), rising),
        ];
        PerturbationOptions options = new() { Counts = [1, 2, 4, 4, 900], BatchSize = 3 };
        using CpuBackend backend = new(1);
        IReadOnlyList<(PerturbationCurve Deletion, PerturbationCurve Insertion)> curves = PerturbationComparison.Run(model, backend, image, placement, maps, options);
        Assert.Equal(maps.Length, curves.Count);
        foreach ((ObjectMap map, (PerturbationCurve deletion, PerturbationCurve insertion)) in maps.Zip(curves))
        {
            ObjectScore score = new(model, backend, map.Label, map.Box);
            Same(Perturbation.Delete(image, map.Map.Span, placement, images => score.Of(images), options), deletion);
            Same(Perturbation.Insert(image, map.Map.Span, placement, images => score.Of(images), options), insertion);
        }

        Assert.Equal([0, 1, 2, 4, rising.Length], curves[0].Deletion.Shares.Select(share => (int)Math.Round(share * rising.Length)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PerturbationComparison.Run(model, backend, image, placement, [maps[0] with { Label = model.Options.Classes }]));
        Assert.Empty(PerturbationComparison.Run(model, backend, image, placement, []));
    }

    private static void Same(PerturbationCurve expected, PerturbationCurve actual)
    {
        Assert.Equal(expected.Shares, actual.Shares);
        Assert.All(expected.Scores.Zip(actual.Scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }
}
