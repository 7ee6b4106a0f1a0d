using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Tests.Figures;

/// <summary>Figures of maps: whole with any picture and any number of detections, and with their legends.</summary>
public sealed class MapFigureTests
{
    private static readonly MapDescription Cross = new("decoder cross-attention", 5);

    // Of the picture and of the stride; the model sees pictures of at most 64 pixels here.
    public static TheoryData<int, int, int> Pictures => new() { { 64, 48, 8 }, { 1, 1, 32 }, { 7, 3000, 32 }, { 3000, 7, 16 } };

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Every_figure_of_maps_can_be_drawn_of_any_picture(int width, int height, int stride)
    {
        RgbImage image = new(width, height);
        MapPlacement placement = Placement(width, height, stride);
        (Detection, ReadOnlyMemory<float>)[] queries = [.. Enumerable.Range(0, 7).Select(query => (Found(query, width, height), (ReadOnlyMemory<float>)Map(placement, query)))];
        (Detection first, ReadOnlyMemory<float> map) = queries[0];
        AttentionMap among = Among(placement.Rows * placement.Columns);
        RgbImage[] figures =
        [
            MapFigure.Draw(image, placement, first, map.Span, Cross),
            QueryMapsFigure.Draw(image, placement, queries, Cross),
            DuplicatesFigure.Draw(image, placement, queries, Cross),
            LayerHeadFigure.Draw(image, placement, first, [[map, map], [map, map]], "decoder cross-attention"),
            ReferencePointFigure.Draw(image, placement, among, ReferencePointFigure.Around(width, height), Cross),
            ExtremitiesFigure.Draw(image, placement, first, map.Span, Cross, among, Cross),
        ];
        Assert.All(figures, AssertHasScale);
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.All(image.Pixels, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Without_detections_figures_say_so()
    {
        RgbImage image = new(30, 20);
        MapPlacement placement = Placement(30, 20, 8);
        RgbImage[] figures =
        [
            QueryMapsFigure.Draw(image, placement, [], Cross), DuplicatesFigure.Draw(image, placement, [], Cross),
            LayerHeadFigure.Draw(image, placement, Found(1, 30, 20), [], "cross"), LayerHeadFigure.Draw(image, placement, Found(1, 30, 20), [[]], "cross"),
            ReferencePointFigure.Draw(image, placement, Among(12), [], Cross),
        ];
        Assert.All(figures, AssertHasScale);
        Assert.True(AttendedQueriesFigure.Draw([]).Height > 10);
        Assert.True(SpecializationFigure.Draw([], 0).Height > 10);
        Assert.True(PositionFigure.Similarity([1], 1, 1, []).Height > 10);
        Assert.True(QueryMatrixFigure.Draw(Among(1), Cross, []).Height > 10);
    }

    [Fact]
    public void Maps_of_another_size_are_refused()
    {
        RgbImage image = new(64, 48);
        MapPlacement placement = Placement(64, 48, 8);
        float[] wrong = new float[5];
        Assert.Throws<ArgumentException>(() => MapFigure.Draw(image, placement, Found(0, 9, 9), wrong, Cross));
        Assert.Throws<ArgumentException>(() => QueryMapsFigure.Draw(image, placement, [(Found(0, 9, 9), wrong)], Cross));
        Assert.Throws<ArgumentException>(() => LayerHeadFigure.Draw(image, placement, Found(0, 9, 9), [[wrong, wrong]], "cross"));
        Assert.Throws<ArgumentException>(() => ReferencePointFigure.Draw(image, placement, Among(5), [(1, 1)], Cross));
        Assert.Throws<ArgumentException>(() => ExtremitiesFigure.Draw(image, placement, Found(0, 9, 9), Map(placement, 0), Cross, Among(5), Cross));
    }

    [Fact]
    public void Names_tell_method_layer_and_head()
    {
        Assert.Equal("decoder cross-attention, layer 5, mean of heads", Cross.ToString());
        Assert.Equal("decoder cross-attention, layer 5, head 0", (Cross with { Head = 0 }).ToString());
        Assert.Equal("relevance", new MapDescription("relevance").ToString());
        Assert.Equal("query 12 · cat 0.98", FigureText.Name(new Detection(12, 17, "cat", 0.98f, 0, 0, 1, 1)));
    }

    [Fact]
    public void Near_duplicates_are_told_from_others()
    {
        Detection best = new(0, 1, "cat", 0.9f, 0, 0, 100, 100);
        Detection[] all =
        [
            best with { Query = 1, Score = 0.2f, X1 = 95 }, best with { Query = 2, LabelId = 2, Score = 0.5f }, best, best with { Query = 3, Score = 0.4f, X0 = 60, X1 = 160 },
            best with { Query = 4, Score = 0.3f, Y0 = 5 },
        ];
        Assert.Equal("2,4,0 1 3", string.Join(' ', DuplicatesFigure.Groups(all).Select(group => string.Join(',', group))));
        Assert.Empty(DuplicatesFigure.Groups([]));
    }

    [Fact]
    public void Even_attention_has_half_of_it_at_the_extremities()
    {
        MapPlacement placement = new(100, 100, 1, 100, 100);
        float[] even = new float[100 * 100];
        even.AsSpan().Fill(0.1f);
        (double inBox, double atExtremities) = ExtremitiesFigure.Shares(even, placement, new Detection(0, 1, "cat", 1, 0, 0, 100, 50), 100, 100);
        Assert.Equal(0.5, inBox, 1e-4);
        Assert.Equal(0.5, atExtremities, 0.03);
        Assert.Equal((0.0, 0.0), ExtremitiesFigure.Shares(new float[100 * 100], placement, new Detection(0, 1, "cat", 1, 5, 5, 5, 5), 100, 100));
        float[] edge = new float[100 * 100];
        edge[(20 * 100) + 31] = 1;
        Assert.Equal((1.0, 1.0), ExtremitiesFigure.Shares(edge, placement, new Detection(0, 1, "cat", 1, 30, 10, 90, 90), 100, 100));
    }

    private static MapPlacement Placement(int width, int height, int stride)
    {
        double scale = Math.Min(1, 64.0 / Math.Max(width, height));
        (int modelWidth, int modelHeight) = (Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale)));
        return new MapPlacement(modelWidth, modelHeight, stride, (modelHeight + stride - 1) / stride, (modelWidth + stride - 1) / stride);
    }

    private static Detection Found(int query, int width, int height) => new(query, query % 2, "a label that is far too long to be read", 0.5f, 0, 0, width, height / 2f);

    private static float[] Map(MapPlacement placement, int query) => [.. Enumerable.Range(0, placement.Rows * placement.Columns).Select(cell => (float)((cell + query) % 5))];

    private static AttentionMap Among(int count) => new(count, count, [.. Enumerable.Range(0, count * count).Select(i => i % 7 / 7f)]);

    /// <summary>The scale is a line of pixels with all of a map's colours, first to last.</summary>
    private static void AssertHasScale(RgbImage figure) => Assert.Contains(Enumerable.Range(0, figure.Height), y =>
        Enumerable.Range(0, figure.Width).Select(x => new Rgb(figure.Row(y)[3 * x], figure.Row(y)[(3 * x) + 1], figure.Row(y)[(3 * x) + 2])).Intersect(ColorMaps.Ember.Colors.ToArray()).Count() > 240);
}
