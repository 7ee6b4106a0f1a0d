using Detr.Models;
using Detr.Studies;

namespace Detr.Tests.Studies;

/// <summary>What the race of DETR and its successors says of curves that are known, and that all of them run.</summary>
public sealed class ConvergenceStudyTests : IDisposable
{
    private static readonly string[] Names = ["DETR", "Conditional DETR", "DAB-DETR", "DN-DETR", "Deformable DETR", "DINO"];

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-convergence").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tables_are_read_off_the_curves()
    {
        StudyResult result = Report([0.2, 0.3, 0.4, 0.5, 0.6, 0.8]);
        (StudyTable course, StudyTable beside) = (result.Tables[0], result.Tables[1]);
        Assert.Equal(["steps", .. Names, "DETR with helps"], course.Headings);
        Assert.Equal(["50", "100"], course.Rows.Select(row => row.Label));
        Assert.Equal([0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.25], course.Rows[0].Values.Select(value => value!.Value));

        // DINO reaches 0.2 after a quarter of its 100 steps, each of which takes six times as long as plain DETR's.
        Assert.Equal("Beside plain DETR, which ends with an AP of 0.200 after 100 steps", beside.Title);
        Assert.Equal(["detector", "AP", "mean AP of the tenths", "AP after 10 s", "ms a step", "steps to plain DETR's AP", "share of its steps", "seconds to it", "share of its seconds"], beside.Headings);
        Assert.Equal([0.8, 0.6, 0.8 / 6, 600, 25, 0.25, 15, 1.5], beside.Rows[5].Values.Select(value => Math.Round(value!.Value, 9)), new Near());
        Assert.Equal([0.2, 0.15, 0.2, 100, 100, 1, 10, 1], beside.Rows[0].Values.Select(value => Math.Round(value!.Value, 9)), new Near());
        Assert.Equal(["steps", "seconds"], result.Figures.Select(figure => figure.FileName));
    }

    [Fact]
    public void Several_seeds_are_averaged_and_their_ends_shown()
    {
        Racer[] racers = [.. Names.Select((name, i) => new Racer(name, [Line(0.1 + (0.1 * i), 1), Line(0.3 + (0.1 * i), 3)]))];
        StudyTable beside = ConvergenceStudy.Report(racers, racers[0] with { Name = "DETR with helps" }).Tables[1];
        Assert.Equal(["detector", "AP", "lowest AP", "highest AP"], beside.Headings.Take(4));
        Assert.Equal([0.2, 0.1, 0.3], beside.Rows[0].Values.Take(3).Select(value => Math.Round(value!.Value, 9)));
        Assert.All(beside.Rows, row => Assert.Equal(beside.Columns.Count, row.Values.Count));
    }

    [Fact]
    public void An_order_that_holds_is_told_from_one_that_does_not()
    {
        string holds = Report([0.2, 0.5, 0.55, 0.6, 0.65, 0.7]).Finding;
        Assert.Contains("DINO after 29 % of its steps and 171 % of its time: all far sooner, as published.", holds, StringComparison.Ordinal);
        Assert.Contains("Conditional DETR < DAB-DETR < DN-DETR < Deformable DETR < DINO, holds.", holds, StringComparison.Ordinal);
        Assert.Contains("another order: a step of DINO takes 6.0 times plain DETR's", holds, StringComparison.Ordinal);
        Assert.Contains("DETR ends with 50.0, less than the best successor (DINO, 70.0)", holds, StringComparison.Ordinal);
        Assert.DoesNotContain("suspect", holds, StringComparison.Ordinal);

        string reversed = Report([0.3, 0.5, 0.55, 0.551, 0.1, 0.7]).Finding;
        Assert.Contains("Deformable DETR never", reversed, StringComparison.Ordinal);
        Assert.Contains("but Conditional DETR, DAB-DETR, DN-DETR and Deformable DETR.", reversed, StringComparison.Ordinal);
        Assert.Contains("does not hold: Deformable DETR is 45.1 points behind DN-DETR (too close to tell: DAB-DETR and DN-DETR).", reversed, StringComparison.Ordinal);
        Assert.Contains("A reason to suspect for Deformable DETR: ", reversed, StringComparison.Ordinal);

        string close = Report([0.5, 0.6, 0.605, 0.7, 0.75, 0.76]).Finding;
        Assert.Contains("holds but for what is too close to tell: Conditional DETR and DAB-DETR; Deformable DETR and DINO.", close, StringComparison.Ordinal);
        Assert.Contains("none in less than half of its steps, unlike", close, StringComparison.Ordinal);
        Assert.Contains("nothing shows", Report([0.5, 0.6, 0.6, 0.6, 0.6, 0.6]).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void DETR_on_its_plateau_is_no_measure_and_models_that_learnt_nothing_say_nothing()
    {
        Assert.StartsWith("Plain DETR has hardly left its plateau after 100 steps; its final AP of 5.0 is reached by Conditional DETR after", Report([0.05, 0.5, 0.55, 0.6, 0.65, 0.7]).Finding, StringComparison.Ordinal);
        Assert.Contains("others learn has no number yet; Conditional DETR, DAB-DETR, DN-DETR, Deformable DETR and DINO have left it by then, all far sooner, as published.", Report([0.02, 0.5, 0.55, 0.6, 0.65, 0.7]).Finding, StringComparison.Ordinal);
        Assert.All(Report([0.02, 0.5, 0.55, 0.6, 0.65, 0.7]).Tables[1].Rows, row => Assert.All(row.Values.TakeLast(4), value => Assert.Null(value)));
        Assert.Contains("; DINO has left it by then, Conditional DETR, DAB-DETR, DN-DETR and Deformable DETR not.", Report([0.02, 0.02, 0.02, 0.02, 0.02, 0.7]).Finding, StringComparison.Ordinal);
        Assert.StartsWith("The model that others are compared with has hardly learnt", Report([0, 0, 0, 0, 0, 0]).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_detector_is_trained_as_it_was_published_and_DETR_without_helps()
    {
        StudyRecipe recipe = new();
        DetrOptions[] models = [.. ConvergenceStudy.Arms.Select(arm => arm.Model(recipe.Model(12)))];
        CriterionOptions[] losses = [.. ConvergenceStudy.Arms.Select(arm => arm.Criterion(recipe.Criterion))];
        Assert.Equal([.. Enum.GetValues<DetrVariant>(), DetrVariant.Detr], models.Select(model => model.Variant));
        Assert.Equal([0f, 0, 0, 0, 0, 0, 1], losses.Select(loss => loss.EncoderLoss));
        Assert.Equal([1f, 2, 1, 1, 2, 1, 1], losses.Select(loss => loss.ClassLoss));
        Assert.Equal([10000.0, 10000, 20, 20, 10000, 20, 100], models.Select(model => model.SinePosition.Temperature));
        Assert.All(models[..^1], model => Assert.Equal(PositionPlacement.Attention, model.Transformer.PositionAt));
        Assert.Single(models.Select(model => (model.Backbone.OutputChannels, model.Backbone.Stride, model.Queries, model.Transformer with { PositionAt = default })).Distinct());
    }

    [Fact]
    public void All_of_them_run_and_a_race_that_was_stopped_goes_on()
    {
        StudyRecipe tiny = new() { Size = 32, Steps = 10, BatchSize = 1 };
        StudyArm noised = ConvergenceStudy.Arms[3];
        using CancellationTokenSource stop = new();
        int steps = 0;
        using (StudyWorkshop parts = new(Path.Combine(_folder, "parts"), tiny, 1)
        {
            ValidationScenes = 2,
            Progress = _ =>
            {
                if (++steps == 7)
                {
                    stop.Cancel();
                }
            },
        })
        {
            Assert.ThrowsAny<OperationCanceledException>(() => parts.Follow(noised, stop.Token));
        }

        using StudyWorkshop resumed = new(Path.Combine(_folder, "parts"), tiny, 1) { ValidationScenes = 2 }, whole = new(Path.Combine(_folder, "whole"), tiny, 1) { ValidationScenes = 2 };
        StudyResult result = new ConvergenceStudy().Run(whole);
        Assert.Equal(10, result.Tables[0].Rows.Count);
        Assert.Equal(7, result.Tables[1].Rows.Count);
        Assert.All(result.Tables[1].Rows, row => Assert.True(row.Values[3] > 0));
        Assert.Equal(whole.Follow(noised).Precisions, resumed.Follow(noised).Precisions);
        IReadOnlyList<double> seconds = whole.Follow(noised).Seconds;
        Assert.True(seconds[0] > 0);
        Assert.All(seconds.Zip(seconds.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(1, 2, 3)]
    [InlineData(1_000_001, 1, 1_000_002)]
    [InlineData(1_000_001, 2, 1_000_004)]
    public void A_repetition_has_a_folder_and_a_seed_of_its_own_and_never_that_of_the_scenes_to_evaluate_on(int first, int repetition, int seed)
    {
        using StudyWorkshop workshop = new(Path.Combine(_folder, "seeds"), new StudyRecipe { Seed = (ulong)first }, 1);
        StudyArm arm = ConvergenceStudy.Arms[0] with { Repetition = repetition };
        Assert.Equal((ulong)seed, workshop.SeedOf(arm));
        Assert.Equal(repetition == 0 ? "convergence-detr" : $"convergence-detr-{repetition + 1}", Path.GetFileName(workshop.FolderOf(arm)));
    }

    /// <summary>Curves that rise straight to some ends; a step of the n-th takes n times as long as the first one's.</summary>
    private static StudyResult Report(double[] ends)
        => ConvergenceStudy.Report([.. Names.Select((name, i) => new Racer(name, [Line(ends[i], i + 1)]))], new Racer("DETR with helps", [Line(0.5, 1)]));

    private static LearningCurve Line(double end, double pace) => new([50, 100], [5 * pace, 10 * pace], [end / 2, end]);

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-6;

        public int GetHashCode(double obj) => 0;
    }
}
