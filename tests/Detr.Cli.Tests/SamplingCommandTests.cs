using System.Text.Json;
using Detr.Data;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Cli.Tests;

/// <summary><c>detr explain</c> with DETR's successors: maps of those that attend to all cells, points of those that sample some.</summary>
public sealed class SamplingCommandTests : IDisposable
{
    private const int Queries = 5;
    private const int Width = 97;
    private const int Height = 61;

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-sampling").FullName;
    private readonly string _picture;

    public SamplingCommandTests()
    {
        _picture = Path.Combine(_folder, "scene.png");
        PngFile.Write(new RgbImage(Width, Height), _picture);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(DetrVariant.DeformableDetr, 2)]
    [InlineData(DetrVariant.Dino, 4)]
    public async Task Points_come_as_text_json_figures_and_a_page(DetrVariant variant, int reference)
    {
        (string weights, string output) = (Save(variant), Path.Combine(_folder, "out"));
        JsonElement json = await JsonAsync(weights, "--query", "4", "1", "--out", output);

        // The strides of the small backbone's last three maps are 4, 8 and 16, and one more is made of the last.
        Assert.Equal("[[16,25],[8,13],[4,7],[2,4]]", json.GetProperty("levels").GetRawText().Replace(" ", string.Empty, StringComparison.Ordinal).ReplaceLineEndings(string.Empty));
        JsonElement[] queries = [.. json.GetProperty("queries").EnumerateArray()];
        Assert.Equal([4, 1], queries.Select(query => query.GetProperty("query").GetInt32()));
        Assert.All(queries, query =>
        {
            JsonElement[] decoder = [.. query.GetProperty("decoder").EnumerateArray()], encoder = [.. query.GetProperty("encoder").EnumerateArray()];
            Assert.Equal((2, 1), (decoder.Length, encoder.Length));
            Assert.All(decoder, layer => Assert.Equal(reference, layer.GetProperty("reference").GetArrayLength()));
            Assert.Equal(2, encoder[0].GetProperty("reference").GetArrayLength());
            Assert.All(decoder.Concat(encoder), AssertIsLayer);
            Assert.Equal(["box", "cell", "decoder", "encoder", "label", "label_id", "query", "score"], query.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));

            // A cell's points are placed by its middle.
            double[] cell = Numbers(query.GetProperty("cell")), middle = Numbers(encoder[0].GetProperty("reference"));
            Assert.Equal((cell[1] + 0.5) / 25 * Width, middle[0], 1e-3);
            Assert.Equal((cell[0] + 0.5) / 16 * Height, middle[1], 1e-3);
        });
        Assert.Equal(
            [
                "attended-queries.png", "query-1-encoder-points.png", "query-1-points.png", "query-4-encoder-points.png", "query-4-points.png", "query-matrix.png", "report.html", "set.png",
            ],
            Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(output, "*.png"), file => Assert.True(ImageFile.Identify(file).Width > 100));

        (int code, string text, string error) = await CommandLine.RunAsync("explain", _picture, "--weights", weights, "--off", "decoder.cross:1:all");
        Assert.True(code == 0, error);
        Assert.Matches(@"^No answer has a score over 0\.5; the surest is explained\.\s+Without the attention heads decoder\.cross:1:all\.\s+query \d, .+: 0% of the last layer's weight in its box; by level, finest first: 0%, 0%, 0%, 0%\s*$", text);
    }

    [Theory]
    [InlineData("cmyk.jpg")]
    [InlineData("one_pixel.jpg")]
    [InlineData("tall_7x300.jpg")]
    public async Task Pictures_of_any_kind_are_explained_whatever_the_classes_are_called(string file)
    {
        const string hostile = "</script><script>alert(1)</script>";
        string output = Path.Combine(_folder, "odd");
        (int code, _, string error) = await CommandLine.RunAsync(
            "explain", Path.Combine(AppContext.BaseDirectory, "Pictures", file), "--weights", Save(DetrVariant.Dino, hostile), "--out", output);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("<script>alert", await File.ReadAllTextAsync(Path.Combine(output, "report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--method relevance", "A dino samples a few points of a picture and attends to no map of cells, which --method is about")]
    [InlineData("--class circle", "which --class is about")]
    [InlineData("--query 5", "--query 5 is not from 0 to 4")]
    [InlineData("--query 4 --size 1 --max-size 1", "--query 4 begins at a cell")]
    [InlineData("--off decoder.cross:all:4", "names head 4")]
    public async Task What_makes_no_sense_is_one_sentence(string options, string said)
    {
        (int code, string output, string error) = await CommandLine.RunAsync(["explain", _picture, "--weights", Save(DetrVariant.Dino), .. options.Split(' ')]);
        Assert.True(code == 1, error);
        Assert.Empty(output);
        Assert.Contains(said, Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DetrVariant.ConditionalDetr, 0)]
    [InlineData(DetrVariant.DabDetr, 0)]
    [InlineData(DetrVariant.DnDetr, 2)]
    public async Task Successors_that_attend_to_all_cells_are_explained_by_all_methods(DetrVariant variant, int patterns)
    {
        string output = Path.Combine(_folder, "out"), query = patterns > 0 ? "9" : "3";
        JsonElement json = await JsonAsync(Save(variant, patterns: patterns), "--query", query, "--method", "all", "--out", output);
        Assert.Equal([4, 7], Numbers(json.GetProperty("grid")));
        JsonElement[] maps = [.. json.GetProperty("maps").EnumerateArray()];
        Assert.Equal(10, maps.Length);
        Assert.All(maps, map => Assert.Equal(28, Numbers(map.GetProperty("values")).Length));
        JsonElement attention = maps.Single(map => map.GetProperty("method").GetString() == "raw-attention");
        Assert.Equal(1, Numbers(attention.GetProperty("values")).Sum(), 1e-4);
        Assert.Contains(maps, map => map.GetProperty("method").GetString() == "relevance" && Numbers(map.GetProperty("values")).Any(value => value > 0));
        Assert.True(File.Exists(Path.Combine(output, "encoder.png")) && File.Exists(Path.Combine(output, $"query-{query}-layers-and-heads.png")));
        Assert.Contains("\"method\":\"decoder cross-attention\",\"layer\":1,\"head\":3", await File.ReadAllTextAsync(Path.Combine(output, "report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>Four heads, four levels and four points; each head's weights sum to 1.</summary>
    private static void AssertIsLayer(JsonElement layer)
    {
        JsonElement[] points = [.. layer.GetProperty("points").EnumerateArray()], weights = [.. layer.GetProperty("weights").EnumerateArray()];
        Assert.Equal((4, 4), (points.Length, weights.Length));
        Assert.All(points.Concat(weights), head => Assert.Equal([4, 4, 4, 4], head.EnumerateArray().Select(level => level.GetArrayLength())));
        Assert.All(points, head => Assert.All(head.EnumerateArray(), level => Assert.All(level.EnumerateArray(), point => Assert.Equal(2, Numbers(point).Count(double.IsFinite)))));
        Assert.All(weights, head => Assert.Equal(1, head.EnumerateArray().Sum(level => Numbers(level).Sum()), 1e-4));
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    private string Save(DetrVariant variant, string? name = null, int patterns = 0)
    {
        string path = Path.Combine(_folder, "model.safetensors");
        DetrModel model = new(new DetrOptions
        {
            Variant = variant, QueryPatterns = patterns, Backbone = BackboneOptions.FromName("small") with { Width = 8 }, Queries = Queries, Classes = 12, Size = 61, MaximumSize = 97,
            Transformer = new TransformerOptions { Channels = 32, Heads = 4, EncoderLayers = 1, DecoderLayers = 2, FeedForward = 32 },
        });
        DetrInitialization.Initialize(model, new RandomStream(3));
        IReadOnlyList<Category> categories = new ShapesDataset(1, 1, new ShapesOptions()).Categories;
        ModelFile.Save(path, model, name is null ? categories : [.. categories.Select(category => category with { Name = name })]);
        return path;
    }

    private async Task<JsonElement> JsonAsync(string weights, params string[] options)
    {
        (int code, string output, string error) = await CommandLine.RunAsync(["explain", _picture, "--weights", weights, "--json", "-", .. options]);
        Assert.True(code == 0, error);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }
}
