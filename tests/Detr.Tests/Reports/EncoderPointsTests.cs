using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Detr.Explain;
using Detr.Imaging;
using Detr.Kernels;
using Detr.Reports;
using Detr.Tensors;

namespace Detr.Tests.Reports;

/// <summary>The encoder's attention for points that are picked on a page: what is kept of it, and within what limit.</summary>
public sealed partial class EncoderPointsTests : IDisposable
{
    private const int Rows = 3, Columns = 4, Cells = Rows * Columns;

    // Of three rows the last is padding, and so is the last of four columns.
    private static readonly MapPlacement Placement = new(24, 16, 8, Rows, Columns);
    private readonly CpuBackend _backend = new(1);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void The_page_holds_each_layer_of_the_pictures_own_cells()
    {
        EncoderPoints points = new(Placement);
        float[][] heads = [Attention(1), Attention(2)], others = [Attention(3), Attention(4)];
        See(points, 0, heads);
        See(points, 1, others);
        Assert.Equal([0, 1], points.Layers);
        JsonElement[] layers = Data(points);
        Assert.Equal([0, 1], layers.Select(layer => layer.GetProperty("layer").GetInt32()));
        int[] own = [.. from row in Enumerable.Range(0, 2) from column in Enumerable.Range(0, 3) select (row * Columns) + column];
        (float[] largest, byte[] levels) = Unpacked(layers[0]);
        for (int i = 0; i < own.Length * own.Length; i++)
        {
            (int cell, int key) = (own[i / own.Length], own[i % own.Length]);
            float mean = (heads[0][(cell * Cells) + key] + heads[1][(cell * Cells) + key]) / 2;
            Assert.Equal(mean, MathF.Pow(levels[i] / 63f, 2) * largest[i / own.Length], 0.016f * largest[i / own.Length]);
        }
    }

    [Fact]
    public void Who_attends_to_nothing_has_zeros()
    {
        EncoderPoints points = new(Placement);
        float[] attention = Attention(1);
        attention.AsSpan(0, Cells).Clear();
        attention.AsSpan(Cells, Cells).Fill(float.Epsilon);
        See(points, 0, attention);
        (float[] largest, byte[] levels) = Unpacked(Assert.Single(Data(points)));
        Assert.Equal([0f, 0f], largest[..2]);
        Assert.All(levels[..12], level => Assert.Equal(0, level));
        Assert.True(largest[2] > 0);
    }

    [Fact]
    public void Where_not_all_layers_fit_the_last_ones_are_shown_and_the_page_says_so()
    {
        EncoderPoints all = Of(EncoderPoints.DefaultPageLimit), last = Of(120), none = Of(0);
        Assert.Equal([0, 1, 2], all.Layers);
        Assert.Equal([2], last.Layers);
        Assert.Contains("enough for the last 1 of 3 layers", Page(last), StringComparison.Ordinal);
        Assert.DoesNotContain("enough for", Page(all), StringComparison.Ordinal);
        Assert.Contains("2 × 3 cells attends to would take more than the 0 MiB", Page(none), StringComparison.Ordinal);

        EncoderPoints Of(long limit)
        {
            EncoderPoints points = new(Placement, limit);
            for (int layer = 0; layer < 3; layer++)
            {
                See(points, layer, Attention((ulong)layer));
            }

            return points;
        }
    }

    [Fact]
    public void A_model_without_an_encoder_and_too_many_cells_are_each_a_sentence()
    {
        EncoderPoints points = new(Placement);
        Assert.Contains("no encoder", Page(points), StringComparison.Ordinal);
        Assert.False(points.Wants("transformer.decoder.layers.0.self_attn", new AttentionShape(1, 2, 10, 10, 8)));
        Assert.False(points.Wants("transformer.encoder.layers.0.self_attn", new AttentionShape(1, 2, 9000, 9000, 8)));
        Assert.Contains("a smaller picture has fewer cells", Page(points), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_cells_and_several_pictures_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Observe([1, 1, 5, 5]));
        Assert.Throws<ArgumentException>(() => Observe([2, 1, Cells, Cells]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EncoderPoints(Placement, -1));

        void Observe(Shape shape)
        {
            ForwardContext context = new(_backend);
            using Scope scope = context.Scope();
            new EncoderPoints(Placement).Observe("transformer.encoder.layers.0.self_attn", context.Zeros(shape));
        }
    }

    private static float[] Attention(ulong seed)
    {
        RandomStream random = new(seed);
        return [.. Enumerable.Range(0, Cells * Cells).Select(_ => (float)random.NextDouble())];
    }

    private static string Page(EncoderPoints points) => ExplainReport.Of("page", new RgbImage(48, 32), Placement, [], [], [], points).ToHtml().ToString();

    private static JsonElement[] Data(EncoderPoints points)
        => [.. JsonSerializer.Deserialize<JsonElement>(Assert.Single(Json().Matches(Page(points))).Groups["json"].Value).GetProperty("layers").EnumerateArray()];

    private static (float[] Largest, byte[] Levels) Unpacked(JsonElement layer)
    {
        using ZLibStream inflated = new(new MemoryStream(layer.GetProperty("levels").GetBytesFromBase64()), CompressionMode.Decompress);
        using MemoryStream levels = new();
        inflated.CopyTo(levels);
        return (MemoryMarshal.Cast<byte, float>(layer.GetProperty("largest").GetBytesFromBase64().AsSpan()).ToArray(), levels.ToArray());
    }

    private void See(EncoderPoints points, int layer, params float[][] heads)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        string name = FormattableString.Invariant($"transformer.encoder.layers.{layer}.self_attn");
        Assert.True(points.Wants(name, new AttentionShape(1, heads.Length, Cells, Cells, 8)));
        points.Observe(name, context.Upload([1, heads.Length, Cells, Cells], [.. heads.SelectMany(head => head)]));
    }

    [GeneratedRegex("<script type=\"application/json\">(?<json>.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Json();
}
