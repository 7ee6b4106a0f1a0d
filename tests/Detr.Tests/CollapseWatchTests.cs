using Detr.Training;

namespace Detr.Tests;

/// <summary>A collapse is told apart from a model that has not begun to learn.</summary>
public sealed class CollapseWatchTests
{
    [Fact]
    public void A_fresh_model_is_given_its_time_and_a_collapse_after_it_is_noticed()
    {
        CollapseWatch watch = new(500);
        Assert.Null(Epoch(watch, 1, 400, 0.0005f));

        // Of an epoch that the time ends in, only the steps after it count.
        Assert.Null(Epoch(watch, 401, 600, step => step <= 500 ? 0 : 0.02f));
        Assert.Null(Epoch(watch, 601, 700, 0.14f));
        Assert.Equal(0.004, Epoch(watch, 701, 800, 0.004f)!.Value, 1e-6);
        Assert.Null(Epoch(watch, 801, 900, 0.14f));
    }

    [Fact]
    public void One_long_epoch_is_judged_by_its_later_steps()
        => Assert.Equal(0.001, Epoch(new CollapseWatch(500), 1, 5000, step => step <= 500 ? 0.2f : 0.001f)!.Value, 1e-6);

    [Fact]
    public void A_pretrained_model_is_judged_at_once()
        => Assert.NotNull(Epoch(new CollapseWatch(0), 1, 2, 0));

    private static double? Epoch(CollapseWatch watch, int first, int last, float spread) => Epoch(watch, first, last, _ => spread);

    private static double? Epoch(CollapseWatch watch, int first, int last, Func<int, float> spread)
    {
        for (int step = first; step <= last; step++)
        {
            watch.Add(new TrainingProgress(0, step, new Dictionary<string, float>(StringComparer.Ordinal) { [BoxSpread.Name] = spread(step) }, 0, 0, TimeSpan.Zero));
        }

        return watch.EndEpoch();
    }
}
