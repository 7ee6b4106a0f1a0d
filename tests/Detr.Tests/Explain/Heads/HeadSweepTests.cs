using Detr.Explain;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Explain;

/// <summary>Sweeps and rankings, which share passes, against plain passes with the same heads off.</summary>
public sealed class HeadSweepTests : IDisposable
{
    private const int Side = 64;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
    private readonly RgbImage _image = SmallModel.Scenes(1).Load(0);
    private readonly Detector _detector;

    public HeadSweepTests()
    {
        ModelFile.Save(_path, SmallModel.Create(), SmallModel.Scenes(1).Categories);
        _detector = Detector.Load(_path, new DetectorOptions { Size = Side, MaximumSize = Side, Threads = 2 });
    }

    public void Dispose()
    {
        _detector.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [InlineData(AttentionKind.DecoderCross, null)]
    [InlineData(AttentionKind.DecoderSelf, 3)]
    [InlineData(AttentionKind.EncoderSelf, null)]
    public void Each_step_is_a_plain_pass_without_the_first_heads(AttentionKind kind, int? query)
    {
        HeadSweep sweep = _detector.SweepHeads(_image, new HeadSweepRequest { Kind = kind, Query = query, Threshold = Middle() }, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 2], sweep.Steps.Select(step => step.Off));
        Assert.Equal((8, 8), (sweep.Height, sweep.Width));
        Assert.Equal(query is { } only ? [only] : Whole().Where(found => found.Score >= Middle()).OrderByDescending(found => found.Score).Select(found => found.Query), sweep.Objects.Select(found => found.Query));
        foreach (HeadSweepStep step in sweep.Steps)
        {
            HeadsOff off = new(new HeadSelection(kind) { Heads = [.. Enumerable.Range(0, step.Off)], Query = query });
            AssertClose(_detector.Detect(_image, new DetectRequest { Threshold = 0, HeadMask = off }, TestContext.Current.CancellationToken).Detections, step.Detections);
            float[][] probabilities = Probabilities(off);
            for (int i = 0; i < sweep.Objects.Count; i++)
            {
                (int at, int label) = (sweep.Objects[i].Query, Label(sweep.Objects[i]));
                RelevanceMap alone = Assert.Single(_detector.Explain(_image, new ExplainRequest { Queries = [at], Label = label }, off, TestContext.Current.CancellationToken).Maps["relevance"]);
                Assert.Equal((at, label), (step.Maps[i].Query, step.Maps[i].Label));
                Assert.Equal(alone.Values, step.Maps[i].Values);
                Assert.Equal(probabilities[at][label], step.Scores[i], 1e-5f);
            }
        }
    }

    [Fact]
    public void Each_cost_is_that_of_a_plain_pass_without_the_head()
    {
        HeadRanking ranking = _detector.RankHeads(_image, threshold: Middle(), cancellationToken: TestContext.Current.CancellationToken);
        IReadOnlyList<Detection> whole = Whole();
        Assert.Equal(
            AttentionHead.All(SmallModel.Options.Transformer).Select(head => head.ToString()).Order(StringComparer.Ordinal),
            ranking.Heads.Select(cost => cost.Head.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(ranking.Heads.Select(cost => cost.ScoreFall).OrderDescending(), ranking.Heads.Select(cost => cost.ScoreFall));
        foreach (HeadCost cost in ranking.Heads)
        {
            HeadsOff off = new(HeadSpecification.Parse(cost.Head.ToString(), SmallModel.Options.Transformer));
            IReadOnlyList<Detection> without = _detector.Detect(_image, new DetectRequest { Threshold = 0, HeadMask = off }, TestContext.Current.CancellationToken).Detections;
            float[][] probabilities = Probabilities(off);
            Assert.Equal(ranking.Objects.Average(found => found.Score - (double)probabilities[found.Query][Label(found)]), cost.ScoreFall, 1e-5);
            Assert.Equal(ranking.Objects.Average(found => 1 - Overlap(whole[found.Query], without[found.Query])), cost.BoxShift, 1e-4);
            Detection[] sure = [.. without.Where(found => found.Score >= Middle())];
            int lost = ranking.Objects.Count(found => !sure.Any(other => other.Label == found.Label && Overlap(other, found) >= 0.5));
            Assert.Equal((lost, Math.Max(0, sure.Length - ranking.Objects.Count + lost)), (cost.Lost, cost.Added));
        }
    }

    [Fact]
    public void One_attention_can_be_ranked_alone_and_every_trial_is_heard_of()
    {
        List<int> heard = [];
        HeadRanking ranking = _detector.RankHeads(_image, AttentionKind.DecoderSelf, Middle(), heard.Add, TestContext.Current.CancellationToken);
        Assert.All(ranking.Heads, cost => Assert.Equal(AttentionKind.DecoderSelf, cost.Head.Place.Kind));
        Assert.Equal(Enumerable.Range(1, 4), heard);
    }

    [Fact]
    public void Where_nothing_is_found_the_surest_query_is_followed()
    {
        Detection surest = Whole().MaxBy(found => found.Score)!;
        Assert.Equal([surest], _detector.SweepHeads(_image, new HeadSweepRequest { Threshold = 1 }, TestContext.Current.CancellationToken).Objects);
        Assert.Equal([surest], _detector.RankHeads(_image, threshold: 1, cancellationToken: TestContext.Current.CancellationToken).Objects);
    }

    [Fact]
    public void What_cannot_be_swept_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _detector.SweepHeads(_image, new HeadSweepRequest { Query = SmallModel.Options.Queries }));
        Assert.Throws<ArgumentException>(() => _detector.SweepHeads(_image, new HeadSweepRequest { Kind = AttentionKind.EncoderSelf, Query = 1 }));
    }

    /// <summary>Explaining keeps what a plain pass lets go, which may round otherwise.</summary>
    private static void AssertClose(IReadOnlyList<Detection> expected, IReadOnlyList<Detection> actual)
    {
        Assert.Equal(expected.Select(found => (found.Query, found.Label)), actual.Select(found => (found.Query, found.Label)));
        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5f);
            Assert.Equal(pair.First.X0, pair.Second.X0, 1e-3f);
            Assert.Equal(pair.First.Y1, pair.Second.Y1, 1e-3f);
        });
    }

    private static double Overlap(Detection a, Detection b)
    {
        double width = Math.Min(a.X1, b.X1) - Math.Max(a.X0, b.X0), height = Math.Min(a.Y1, b.Y1) - Math.Max(a.Y0, b.Y0);
        double both = Math.Max(0, width) * Math.Max(0, height);
        return both / (((double)(a.X1 - a.X0) * (a.Y1 - a.Y0)) + ((double)(b.X1 - b.X0) * (b.Y1 - b.Y0)) - both);
    }

    private int Label(Detection found) => _detector.Categories.Select(category => category.Name).ToList().IndexOf(found.Label);

    /// <summary>A threshold that half of the queries reach.</summary>
    private float Middle() => Whole().Select(found => found.Score).Order().ElementAt(SmallModel.Options.Queries / 2);

    private IReadOnlyList<Detection> Whole() => _detector.Detect(_image, 0);

    /// <summary>Every query's probabilities by a whole pass of its own.</summary>
    private float[][] Probabilities(HeadsOff off)
    {
        using CpuBackend backend = new(2);
        ForwardContext context = new(backend) { HeadMask = off };
        using Scope scope = context.Scope();
        float[] pixels = new float[3 * Side * Side];
        ImageNormalization.Normalize(_image, pixels, Side, Side * Side);
        float[] logits = _detector.Model.Forward(context, context.Upload([1, 3, Side, Side], pixels), PaddingMask.None(1, Side, Side)).Logits.ToArray();
        return
        [
            .. logits.Chunk(SmallModel.Options.Classes + 1).Select(row =>
            {
                double[] powers = [.. row.Select(value => Math.Exp(value))];
                return (float[])[.. powers.Select(power => (float)(power / powers.Sum()))];
            }),
        ];
    }
}
