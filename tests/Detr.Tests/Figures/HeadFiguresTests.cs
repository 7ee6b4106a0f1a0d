using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Tests.Figures;

/// <summary>Figures of heads that are off.</summary>
public sealed class HeadFiguresTests
{
    [Fact]
    public void A_grid_has_the_colour_of_each_number_and_leaves_out_what_is_not_there()
    {
        AttentionHead strong = new(new AttentionPlace(AttentionKind.DecoderCross, 1), 0), weak = new(new AttentionPlace(AttentionKind.EncoderSelf, 0), 1);
        RgbImage figure = HeadGridFigure.Draw("costs", [(strong, 0.5), (weak, 0.25)], "cost");
        Rgb[] colors = [.. Colors(figure)];
        Assert.Contains(ColorMaps.Diverging[1], colors);
        Assert.Contains(ColorMaps.Diverging[0.75f], colors);
        Assert.True(HeadGridFigure.Draw("none", [], "cost").Height > 10);
        Assert.Contains(ColorMaps.Diverging[0], Colors(HeadGridFigure.Draw("gains", [(strong, -0.4), (weak, 0)], "cost")));
    }

    [Theory]
    [InlineData(64, 48)]
    [InlineData(1, 1)]
    [InlineData(7, 3000)]
    public void A_sweep_of_any_picture_has_a_column_for_each_step(int width, int height)
    {
        MapPlacement placement = new(32, 32, 16, 2, 2);
        Detection[] found = [.. Enumerable.Range(0, 15).Select(query => new Detection(query, query, "a thing with a name too long for any caption", 0.9f, 0, 0, width, height))];
        RgbImage one = Draw(1), five = Draw(5);
        Assert.True(five.Width > one.Width && five.Height > 12 * 30);

        RgbImage Draw(int steps) => HeadSweepFigure.Draw(new RgbImage(width, height), placement, new HeadSweep(new HeadSweepRequest(), found, 2, 2, [.. Enumerable.Range(0, steps).Select(Step)]));

        HeadSweepStep Step(int off) => new(off, [.. found.Select(detection => detection with { LabelId = 99 })], [.. found.Select(_ => 0.1f)], [.. found.Select(detection => new RelevanceMap(detection.Query, 0, 2, 2, [0, 1, 2, 3]))]);
    }

    private static IEnumerable<Rgb> Colors(RgbImage image)
    {
        for (int i = 0; i < image.Pixels.Length; i += 3)
        {
            yield return new Rgb(image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
        }
    }
}
