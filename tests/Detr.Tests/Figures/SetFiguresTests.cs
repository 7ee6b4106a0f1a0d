using Detr.Figures;
using Detr.Imaging;

namespace Detr.Tests.Figures;

/// <summary>Figures of the prediction of a set and of matching.</summary>
public sealed class SetFiguresTests
{
    private static readonly RgbImage Scene = new(420, 210);

    private static readonly Detection Cat = new(0, 1, "cat", 1f, 20, 20, 120, 120);

    private static readonly Detection Dog = new(1, 2, "dog", 0.5f, 200, 50, 300, 150);

    [Fact]
    public void Only_what_is_kept_stands_in_the_second_panel()
    {
        // The legend is the same, so what changes is in the second panel, and the dog's box is all there is to change.
        RgbImage without = SetPredictionFigure.Draw(Scene, [Cat, Dog], 0.7f), with = SetPredictionFigure.Draw(Scene, [Cat, Dog], 0.5f);
        Rgb dog = Palette.ForIndex(Dog.LabelId);
        int more = Count(with, dog) - Count(without, dog);

        // Four sides of 100 pixels, 2 thick; the first panel's are half transparent.
        Assert.InRange(more, 700, 900);
    }

    [Fact]
    public void A_scene_without_answers_or_objects_can_be_drawn()
    {
        Assert.True(SetPredictionFigure.Draw(Scene, [], 0.7f).Width > 840);
        Assert.True(MatchingFigure.Draw(Scene, [], [Cat, Dog], [], []).Width > 480);
        Assert.True(MatchingFigure.Draw(new RgbImage(1, 1), [Cat], [Dog], [1.5], [(0, 0)]).Width > 1);
    }

    [Fact]
    public void A_pair_that_was_chosen_is_framed_in_its_objects_colour()
    {
        double[] costs = [-1, 2, 3, -1.5];
        RgbImage none = MatchingFigure.Draw(Scene, [Cat, Dog], [Cat, Dog], costs, []), both = MatchingFigure.Draw(Scene, [Cat, Dog], [Cat, Dog], costs, [(0, 0), (1, 1)]);
        foreach (int target in new[] { 0, 1 })
        {
            Assert.True(Count(both, Palette.ForIndex(target)) > Count(none, Palette.ForIndex(target)) + 500);
        }
    }

    [Fact]
    public void Costs_have_to_be_those_of_all_pairs()
        => Assert.Throws<ArgumentException>(() => MatchingFigure.Draw(Scene, [Cat], [Cat, Dog], [1.0], []));

    private static int Count(RgbImage image, Rgb color)
    {
        int count = 0;
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> row = image.Row(y);
            for (int x = 0; x < image.Width; x++)
            {
                count += new Rgb(row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]) == color ? 1 : 0;
            }
        }

        return count;
    }
}
