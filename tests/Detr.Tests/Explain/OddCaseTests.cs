using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;
using Detr.Reports;
using Detr.Tensors;

namespace Detr.Tests.Explain;

/// <summary>Pictures, batches and answers that are out of the ordinary: maps of the right size without a number that is none, and pages of them.</summary>
public sealed class OddCaseTests : IDisposable
{
    private static readonly MapDescription Cross = new("decoder cross-attention", 1);
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(7, 3000, false)]
    [InlineData(3000, 7, true)]
    [InlineData(48, 96, false)]
    [InlineData(48, 96, true)]
    public void Any_picture_has_maps_of_its_cells(int width, int height, bool dilated)
    {
        using Detector detector = Load(SmallModel.Options with { Backbone = SmallModel.Options.Backbone with { Dilation = dilated } });
        RgbImage image = Noise(width, height);
        Explanation explanation = detector.Explain(image, new ExplainRequest { Methods = RelevanceMethods.All, Queries = [3] }, heads: null, TestContext.Current.CancellationToken);
        MapPlacement placement = Placement(detector, image);
        Assert.Equal(dilated ? 4 : 8, placement.Stride);
        Assert.Equal((placement.Rows, placement.Columns), (explanation.Height, explanation.Width));
        Assert.Equal(RelevanceMethods.All.Count, explanation.Maps.Count);
        Assert.All(explanation.Maps.Values, maps => AssertSound(Assert.Single(maps).Values, placement));

        EncoderPoints points = new(placement);
        detector.Detect(image, new DetectRequest { AttentionObserver = points }, TestContext.Current.CancellationToken);
        Assert.Equal([0], points.Layers);
        AssertPage(image, placement, explanation, points);
    }

    [Fact]
    public void Fifty_answers_are_explained_at_once()
    {
        using Detector detector = Load(SmallModel.Options with { Queries = 60 });
        RgbImage image = Noise(32, 24);
        int[] queries = [.. Enumerable.Range(5, 50)];
        Explanation explanation = detector.Explain(image, new ExplainRequest { Queries = queries }, heads: null, TestContext.Current.CancellationToken);
        MapPlacement placement = Placement(detector, image);
        Assert.Equal(queries, explanation.Maps["relevance"].Select(map => map.Query));
        Assert.All(explanation.Maps["relevance"], map => AssertSound(map.Values, placement));
        AssertPage(image, placement, explanation, points: null);
        (Detection, ReadOnlyMemory<float>)[] drawn = [.. explanation.Maps["relevance"].Select(map => (explanation.Detections[map.Query], (ReadOnlyMemory<float>)map.Values))];
        Assert.True(QueryMapsFigure.Draw(image, placement, drawn, Cross).Height > 1000);
        Assert.InRange(DuplicatesFigure.Draw(image, placement, drawn, Cross).Width, 100, 3000);
    }

    [Fact]
    public void Where_nothing_is_found_the_surest_answer_is_explained_and_no_query_means_no_map()
    {
        using Detector detector = Load(SmallModel.Options);
        RgbImage image = Noise(32, 24);
        Explanation surest = detector.Explain(image, new ExplainRequest { Threshold = 1 }, heads: null, TestContext.Current.CancellationToken);
        RelevanceMap only = Assert.Single(surest.Maps["relevance"]);
        Assert.Equal(surest.Detections.Max(detection => detection.Score), surest.Detections[only.Query].Score);

        Explanation none = detector.Explain(image, new ExplainRequest { Queries = [] }, heads: null, TestContext.Current.CancellationToken);
        Assert.Empty(none.Maps["relevance"]);
        Assert.Contains("nothing to lay over", Page(image, Placement(detector, image), none, points: null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_that_sees_nothing_has_maps_of_zeros_that_can_be_drawn()
    {
        using Detector detector = Load(SmallModel.Options);
        RgbImage image = Noise(32, 24);
        HeadsOff off = new(new HeadSelection(AttentionKind.DecoderCross) { Query = 3 });
        Explanation explanation = detector.Explain(image, new ExplainRequest { Methods = RelevanceMethods.All, Queries = [3] }, off, TestContext.Current.CancellationToken);
        MapPlacement placement = Placement(detector, image);
        Assert.All(explanation.Maps.Values, maps => AssertSound(maps[0].Values, placement));
        float[] zeros = explanation.Maps["raw-attention"][0].Values;
        Assert.All(zeros, value => Assert.Equal(0f, value));
        Detection detection = explanation.Detections[3];
        RgbImage[] figures =
        [
            MapFigure.Draw(image, placement, detection, zeros, Cross), QueryMapsFigure.Draw(image, placement, [(detection, zeros)], Cross),
            DuplicatesFigure.Draw(image, placement, [(detection, zeros)], Cross), LayerHeadFigure.Draw(image, placement, detection, [[zeros, zeros]], "cross"),
        ];
        Assert.All(figures, figure => Assert.True(figure.Width > 100));
        AssertPage(image, placement, explanation, points: null);
    }

    [Fact]
    public void A_smaller_picture_of_a_batch_attends_to_none_of_its_padding()
    {
        (int height, int width, int smallHeight, int smallWidth) = (64, 96, 40, 60);
        using CpuBackend backend = new(1);
        AttentionCapture capture = new(_ => true);
        ForwardContext context = new(backend) { AttentionObserver = capture };
        using Scope scope = context.Scope();
        float[] pixels = [.. Numbers(2 * 3 * height * width)];
        SmallModel.Create().Forward(context, context.Upload([2, 3, height, width], pixels), new PaddingMask(height, width, [(height, width), (smallHeight, smallWidth)]));

        MapPlacement placement = new(smallWidth, smallHeight, 8, height / 8, width / 8);
        Assert.Equal((5, 8), (placement.PictureRows, placement.PictureColumns));
        AttentionMap cross = capture.Mean(new AttentionPlace(AttentionKind.DecoderCross, 1), image: 1), encoder = capture.Mean(new AttentionPlace(AttentionKind.EncoderSelf, 0), image: 1);
        RgbImage image = Noise(smallWidth, smallHeight);
        foreach (AttentionMap map in new[] { cross, encoder })
        {
            for (int query = 0; query < map.Queries; query++)
            {
                float[] row = map.Row(query).ToArray();
                AssertSound(row, placement);
                Assert.Equal(1f, row.Sum(), 1e-4f);
                Assert.All(row.Index(), cell => Assert.True(cell.Item == 0 || (cell.Index / placement.Columns < 5 && cell.Index % placement.Columns < 8)));
            }
        }

        Detection detection = new(2, 1, "circle", 0.5f, 0, 0, smallWidth, smallHeight);
        Assert.True(ReferencePointFigure.Draw(image, placement, encoder, ReferencePointFigure.Around(smallWidth, smallHeight), Cross).Width > 100);
        Assert.True(ExtremitiesFigure.Draw(image, placement, detection, cross.Row(2), Cross, encoder, Cross).Width > 100);
        Assert.Equal(1, ExtremitiesFigure.Shares(cross.Row(2), placement, detection, smallWidth, smallHeight).InBox, 1e-4);
    }

    private static RgbImage Noise(int width, int height)
    {
        RgbImage image = new(width, height);
        foreach ((int i, float value) in Numbers(image.Pixels.Length).Index())
        {
            image.Pixels[i] = (byte)(60 * (value + 2));
        }

        return image;
    }

    private static IEnumerable<float> Numbers(int count)
    {
        RandomStream random = new(2);
        return Enumerable.Range(0, count).Select(_ => (4 * (float)random.NextDouble()) - 2);
    }

    private static MapPlacement Placement(Detector detector, RgbImage image) => MapPlacement.Of(detector.Model.Options, image.Width, image.Height, 64, 128);

    private static void AssertSound(float[] map, MapPlacement placement)
    {
        Assert.Equal(placement.Rows * placement.Columns, map.Length);
        Assert.All(map, value => Assert.True(float.IsFinite(value)));
        Assert.All(placement.Enlarge(map, 9, 5), value => Assert.True(float.IsFinite(value)));
    }

    private static void AssertPage(RgbImage image, MapPlacement placement, Explanation explanation, EncoderPoints? points)
    {
        string page = Page(image, placement, explanation, points);
        Assert.Equal(explanation.Maps.Values.Sum(maps => maps.Count), page.Split("\"method\":").Length - 1);
    }

    private static string Page(RgbImage image, MapPlacement placement, Explanation explanation, EncoderPoints? points)
    {
        ExplainedMap[] maps = [.. explanation.Maps.SelectMany(pair => pair.Value.Select(map => new ExplainedMap(map.Query, new MapDescription(pair.Key), map.Values)))];
        Detection[] explained = [.. maps.Select(map => map.Query).Distinct().Select(query => explanation.Detections[query])];
        return ExplainReport.Of("page", image, placement, explained, maps, [], points).ToHtml().ToString();
    }

    private Detector Load(DetrOptions options)
    {
        DetrModel model = new(options);
        DetrInitialization.Initialize(model, new RandomStream(1));
        ModelFile.Save(_path, model, SmallModel.Scenes(1).Categories);
        return Detector.Load(_path, new DetectorOptions { Size = 64, MaximumSize = 128, Threads = 1 });
    }
}
