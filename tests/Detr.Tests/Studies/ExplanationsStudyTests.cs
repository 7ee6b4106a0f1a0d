using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;
using Detr.Studies;

namespace Detr.Tests.Studies;

/// <summary>What the study of explanations says of numbers that are known.</summary>
public sealed class ExplanationsStudyTests : IDisposable
{
    private const int Size = 32;
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-judged").FullName;

    private static string[] Names => [.. RelevanceMethods.All.Select(method => method.Name), SceneJudge.TrueMask, SceneJudge.Chance];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_methods_figures_are_those_of_its_maps()
    {
        MethodScore[] scores = Scores(name => name == SceneJudge.TrueMask ? 1 : name == "relevance" ? 5 / 16.0 : 0);
        MethodScore relevance = scores[0], truth = scores.Single(score => score.Name == SceneJudge.TrueMask);

        // An overlap of 0.31 is enough for 0.20, 0.25 and 0.30 of sixteen thresholds, and for none of COCO's.
        Assert.Equal((0.0, 3 / 16.0), (relevance.Masks.AP!.Value, Math.Round(relevance.LooseMasks.AP!.Value, 6)));
        Assert.Equal((1.0, 1.0), (truth.Masks.AP!.Value, truth.LooseMasks.AP!.Value));
        Assert.All(relevance.Overlaps, overlap => Assert.Equal(5 / 16.0, overlap, 1e-9));
        Assert.Equal(1 - (5 / 16.0), relevance.Deletion.Area, 1e-9);
        Assert.All(relevance.Sizes, size => Assert.Equal(5 / 16.0, size, 1e-9));
        StudyTable table = ExplanationTables.Worth("All", scores);
        Assert.Equal(["map", "mask AP", "AP from IoU 0.20", "small", "mask IoU", "mask / object", "on the object", "deletion (low is good)", "insertion (high is good)"], table.Headings);
        Assert.Equal(Names, table.Rows.Select(row => row.Label));
        Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Values.Count));
        StudyTable differences = ExplanationTables.Differences(scores);
        Assert.Equal([5 / 16.0, 0, 5 / 16.0, 0, 5 / 16.0, 0, 5 / 16.0, 0], differences.Rows[0].Values.Select(value => Math.Round(value!.Value, 9)));
        Assert.DoesNotContain(differences.Rows, row => row.Label == "raw-attention");
    }

    [Theory]
    [InlineData(0.5, 0.25, "Beside raw attention, relevance is ahead in the overlap of masks and objects, the share of the map that lies on the object, deletion and insertion, object by object")]
    [InlineData(0.25, 0.25, "Beside raw attention, relevance is level in the overlap")]
    [InlineData(0.25, 0.5, "Beside raw attention, relevance is behind in the overlap")]
    public void The_finding_says_who_is_ahead(double relevance, double raw, string beginning)
    {
        string finding = ExplanationFinding.Of(Scores(name => name == "relevance" ? relevance : name == "raw-attention" ? raw : name == SceneJudge.TrueMask ? 1 : 0.125), [100, 200, 300], 10);
        Assert.StartsWith(beginning, finding, StringComparison.Ordinal);
        Assert.Contains("half the objects cover less than 2.0 cells of 10 pixels", finding, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"Half of relevance's masks cover less than {relevance:P0} of their object's area, of raw attention's {raw:P0}."), finding, StringComparison.Ordinal);
        Assert.Contains($"Best of all methods are {(relevance < raw ? "raw-attention" : "relevance")} by that AP", finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_are_clear_beyond_two_standard_errors()
    {
        PairedDifference difference = PairedDifference.Of([3, 5, 4], [1, 2, 3]);
        Assert.Equal((2.0, Math.Sqrt(1.0 / 3)), (difference.Mean, difference.Error));
        Assert.True(difference is { IsLarger: true, IsSmaller: false });
        Assert.True(PairedDifference.Of([1, 2, 3], [3, 5, 4]) is { IsLarger: false, IsSmaller: true });
        Assert.True(PairedDifference.Of([1, 9], [5, 5]) is { IsLarger: false, IsSmaller: false });
        Assert.Equal(0, PairedDifference.Of([1], [1]).Error);
    }

    [Fact]
    public void Judged_scenes_are_kept_and_what_was_cut_off_or_is_anothers_is_dropped()
    {
        string path = Path.Combine(_folder, "scenes.jsonl");
        JudgedScene[] scenes = Scenes(_ => 0.5);
        JudgedSceneFile file = new(path, "a");
        Assert.Empty(file.Scenes);
        Array.ForEach(scenes, file.Add);
        file = new JudgedSceneFile(path, "a");
        Assert.Equal(scenes.Length, file.Scenes.Count);
        Assert.Equal(scenes[1].Objects[0].Maps["relevance"].Deletion.Scores, file.Scenes[1].Objects[0].Maps["relevance"].Deletion.Scores);
        string whole = File.ReadAllText(path);
        File.WriteAllText(path, whole[..^9]);
        file = new JudgedSceneFile(path, "a");
        Assert.Equal(scenes.Length - 1, file.Scenes.Count);
        file.Add(scenes[^1]);
        Assert.Equal(whole, File.ReadAllText(path));
        Assert.Empty(new JudgedSceneFile(path, "b").Scenes);
        Assert.Single(File.ReadAllLines(path));
    }

    private static MethodScore[] Scores(Func<string, double> goodness)
    {
        JudgedScene[] scenes = Scenes(goodness);
        return [.. Names.Select(name => MethodScore.Of(name, scenes, [.. scenes.Select(scene => (IReadOnlyList<TrueObject>)[Truth(scene.Index)])], Size))];
    }

    /// <summary>Scenes of one object, of which each method's mask is a share, and whose curves are flat there.</summary>
    private static JudgedScene[] Scenes(Func<string, double> goodness) => [.. Enumerable.Range(0, 3).Select(index => new JudgedScene(index,
    [
        new JudgedObject(1, 0.9, 16 * (4 + index), Names.ToDictionary(name => name, name => new JudgedMap(
            RunLengthText.Format(Mask(index, goodness(name))), goodness(name), goodness(name), Flat(1 - goodness(name)), Flat(goodness(name))), StringComparer.Ordinal)),
    ]))];

    private static TrueObject Truth(int index) => new(index + 1, 1, Mask(index, 1).Bounds(), Mask(index, 1).Area, IsCrowd: false) { Mask = Mask(index, 1) };

    /// <summary>The left columns of an object of 16 columns.</summary>
    private static RunLengthMask Mask(int index, double share)
        => RunLengthMask.FromPixels(Size, Size, [.. Enumerable.Range(0, Size * Size).Select(i => i % Size < 16 * share && i / Size < 4 + index)]);

    private static PerturbationCurve Flat(double score) => new([0, 0.5, 1], [score, score, score]);
}
