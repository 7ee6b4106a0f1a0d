using System.Text.Json;
using Detr.Data;
using Detr.Explain;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Cli.Tests;

/// <summary><c>detr explain</c> and <c>detr heads</c> with a small model of random weights: a picture of 64 × 96 pixels has 4 × 6 cells.</summary>
public sealed class ExplainCommandTests : IDisposable
{
    private const int Queries = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-explain").FullName;
    private readonly string _model;
    private readonly string _picture;
    private readonly IReadOnlyList<Category> _categories = new ShapesDataset(1, 1, new ShapesOptions()).Categories;

    public ExplainCommandTests()
    {
        _model = Path.Combine(_folder, "model.safetensors");
        _picture = Path.Combine(_folder, "scene.png");
        DetrModel model = new(new DetrOptions
        {
            Backbone = BackboneOptions.FromName("small") with { Width = 8 },
            Transformer = new TransformerOptions { Channels = 32, Heads = 4, EncoderLayers = 1, DecoderLayers = 2, FeedForward = 32 },
            Queries = Queries,
            Classes = 12,
            Size = 64,
            MaximumSize = 96,
        });
        DetrInitialization.Initialize(model, new RandomStream(3));
        ModelFile.Save(_model, model, _categories);
        RgbImage scene = new(144, 96);
        PngFile.Write(scene, _picture);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Maps_have_a_value_for_each_cell()
    {
        JsonElement json = await JsonAsync("explain", "--query", "4", "1", "--class", _categories[2].Name, "--method", "relevance", "rollout");
        Assert.Equal([4, 6], json.GetProperty("grid").EnumerateArray().Select(side => side.GetInt32()));
        JsonElement[] maps = [.. json.GetProperty("maps").EnumerateArray()];
        Assert.Equal([("relevance", 4), ("relevance", 1), ("rollout", 4), ("rollout", 1)], maps.Select(map => (map.GetProperty("method").GetString(), map.GetProperty("query").GetInt32())));
        Assert.All(maps, map =>
        {
            Assert.Equal(_categories[2].Id, map.GetProperty("label_id").GetInt32());
            Assert.Equal(24, map.GetProperty("values").EnumerateArray().Count(value => float.IsFinite(value.GetSingle())));
        });
    }

    [Fact]
    public async Task All_methods_are_done_at_once_and_the_surest_query_when_none_is_named()
    {
        JsonElement json = await JsonAsync("explain", "--method", "all");
        Assert.Equal(RelevanceMethods.All.Select(method => method.Name), json.GetProperty("maps").EnumerateArray().Select(map => map.GetProperty("method").GetString()!).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_folder_has_a_page_with_every_map_and_figures()
    {
        string output = Path.Combine(_folder, "out"), bare = Path.Combine(_folder, "bare");
        await JsonAsync("explain", "--query", "4", "1", "--method", "relevance", "rollout", "--out", output);
        Assert.Equal(
            [
                "attended-queries.png", "encoder.png", "extremities.png", "near-duplicates.png", "position-channels.png", "position-similarity.png", "queries.png",
                "query-1-layers-and-heads.png", "query-1-relevance.png", "query-1-rollout.png", "query-4-layers-and-heads.png", "query-4-relevance.png", "query-4-rollout.png",
                "query-matrix.png", "report.html", "set.png",
            ],
            Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(output, "*.png"), file => Assert.True(ImageFile.Identify(file).Width > 100));

        // Two methods, and two layers of four heads and their mean, for each query.
        Assert.Equal(2 * (2 + (2 * 5)), Maps(output).Length);
        await JsonAsync("explain", "--query", "4", "--off", "decoder.cross:1:0,2", "--out", bare);
        JsonElement[] maps = Maps(bare);
        Assert.Equal(1 + (2 * 5), maps.Length);
        Assert.Equal([(1, 0), (1, 2)], maps.Where(map => map.GetProperty("high").GetSingle() == 0).Select(map => (map.GetProperty("layer").GetInt32(), map.GetProperty("head").GetInt32())));
        Assert.Contains("decoder.cross:1:0,2", await File.ReadAllTextAsync(Path.Combine(bare, "report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // The encoder's one layer, for points that are picked: 24 × 24 bytes before they are packed.
        Assert.Single(PageData(output)[1].GetProperty("layers").EnumerateArray());

        static JsonElement[] Maps(string folder) => [.. PageData(folder)[0].GetProperty("maps").EnumerateArray()];
    }

    [Theory]
    [InlineData("cmyk.jpg")]
    [InlineData("gray.jpg")]
    [InlineData("one_pixel.jpg", 1, 1)]
    [InlineData("tall_7x300.jpg", 7, 300)]
    [InlineData("exif_orientation_6.jpg", 40, 61)]
    public async Task Pictures_of_any_kind_lie_upright_on_the_page_whatever_the_classes_are_called(string file, int? width = null, int? height = null)
    {
        const string hostile = "</script><script>alert(1)</script>";
        string model = Path.Combine(_folder, "hostile.safetensors"), output = Path.Combine(_folder, "odd");
        ModelFile.Save(model, ModelFile.Load(_model).Model, [.. _categories.Select(category => category with { Name = hostile })]);
        (int code, _, string error) = await CommandLine.RunAsync("explain", Path.Combine(AppContext.BaseDirectory, "Pictures", file), "--weights", model, "--out", output);
        Assert.True(code == 0, error);
        string page = await File.ReadAllTextAsync(Path.Combine(output, "report.html"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        JsonElement data = PageData(output)[0];
        Assert.Equal(hostile, data.GetProperty("queries")[0].GetProperty("label").GetString());
        if (width is not null)
        {
            Assert.Equal([width, height], data.GetProperty("size").EnumerateArray().Select(side => (int?)side.GetInt32()));
        }
    }

    [Fact]
    public async Task A_query_named_twice_is_explained_once()
        => Assert.Equal([3, 1], (await JsonAsync("explain", "--query", "3", "1", "3", "--query", "1")).GetProperty("maps").EnumerateArray().Select(map => map.GetProperty("query").GetInt32()));

    [Fact]
    public async Task Where_nothing_is_found_or_seen_a_sentence_says_so()
    {
        string output = Path.Combine(_folder, "none");
        (int code, string text, string error) = await CommandLine.RunAsync("explain", _picture, "--weights", _model, "--off", "decoder.cross:all:all", "--out", output);
        Assert.True(code == 0, error);
        Assert.Matches(@"^No answer has a score over 0\.5; the surest is explained\.\s+Without the attention heads decoder\.cross:all:all\.\s+relevance: query \d, .+: no cell speaks for it\s*$", text);
        Assert.Contains("No answer has a score over 0.5", await File.ReadAllTextAsync(Path.Combine(output, "report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_folders_place_is_named_before_any_work()
    {
        (int code, string output, string error) = await CommandLine.RunAsync("explain", _picture, "--weights", "nowhere.safetensors", "--out", _picture);
        Assert.Equal((1, string.Empty), (code, output));
        Assert.Contains($"--out {_picture} is a file", Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heads_that_are_off_change_what_is_found_and_what_speaks_for_it()
    {
        JsonElement detected = await JsonAsync("detect", "--threshold", "0");
        JsonElement off = await JsonAsync("heads", "--threshold", "0", "--off", "encoder.self:all:0-2", "decoder.cross:1:all");
        Assert.Equal(Boxes(detected).Length, Boxes(off).Length);
        Assert.NotEqual(Boxes(detected), Boxes(off));
        Assert.Equal(["detections", "file", "height", "timings_ms", "width"], off[0].EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));

        JsonElement one = await JsonAsync("heads", "--threshold", "0", "--off", "decoder.cross:1:all", "--query", "3");
        Assert.Equal([3], Enumerable.Range(0, Queries).Where(query => Boxes(detected)[query] != Boxes(one)[query]));

        string[] maps = [.. await Task.WhenAll(MapAsync(), MapAsync("--off", "decoder.cross:1:0,2"))];
        Assert.NotEqual(maps[0], maps[1]);

        async Task<string> MapAsync(params string[] options)
            => (await JsonAsync("explain", ["--query", "3", .. options])).GetProperty("maps")[0].GetProperty("values").GetRawText();
    }

    [Fact]
    public async Task Text_names_the_strongest_cell()
    {
        (int code, string output, string error) = await CommandLine.RunAsync("explain", _picture, "--weights", _model, "--query", "2");
        Assert.True(code == 0, error);
        Assert.Matches(@"^relevance: query 2, .+: strongest in row \d of 4, column \d of 6\s*$", output);
    }

    [Theory]
    [InlineData("explain --query 5", "--query 5 is not from 0 to 4")]
    [InlineData("explain --class unicorn", "--class unicorn is no category")]
    [InlineData("explain --method saliency", "--method saliency is none of relevance")]
    [InlineData("explain --memory 0", "--memory is at least 1")]
    [InlineData("explain --memory 1 --size 480 --max-size 960", "--memory 119, or a lower --size")]
    [InlineData("explain --off decoder.cross:all:4", "--off decoder.cross:all:4 names head 4, but they go from 0 to 3")]
    [InlineData("heads --off decoder.cross:2:0", "names layer 2")]
    [InlineData("heads --off everything", "--off everything names no attention")]
    [InlineData("heads --off encoder.self:0:0 --query 1", "The encoder knows no object queries")]
    [InlineData("heads --off decoder.self:0:0 --query -1", "--query -1")]
    [InlineData("heads --sweep --attention encoder.self --query 1", "The encoder knows no object queries")]
    [InlineData("heads --off decoder.self:0:0 --threshold 2", "--threshold 2")]
    [InlineData("heads --off decoder.self:0:0 --threads 0", "--threads")]
    public async Task What_makes_no_sense_is_one_sentence(string line, string said)
    {
        string[] parts = line.Split(' ');
        (int code, string output, string error) = await CommandLine.RunAsync([parts[0], _picture, "--weights", _model, .. parts[1..]]);
        Assert.True(code == 1, error);
        Assert.Empty(output);
        Assert.Contains(said, Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_picture_is_named()
    {
        (int code, _, string error) = await CommandLine.RunAsync("explain", Path.Combine(_folder, "nowhere.png"), "--weights", _model);
        Assert.Equal(1, code);
        Assert.Contains("nowhere.png", Assert.Single(error.TrimEnd().Split(Environment.NewLine)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_and_a_ranking_come_as_json_figures_and_a_page()
    {
        string output = Path.Combine(_folder, "sweep");
        JsonElement json = await JsonAsync("heads", "--sweep", "--rank", "--threshold", "0.01", "--out", output);
        JsonElement[] steps = [.. json.GetProperty("sweep").GetProperty("steps").EnumerateArray()];
        Assert.Equal([0, 1, 2, 3, 4], steps.Select(step => step.GetProperty("heads_off").GetInt32()));
        Assert.Equal("decoder.cross", json.GetProperty("sweep").GetProperty("attention").GetString());
        Assert.All(steps, step => Assert.All(step.GetProperty("objects").EnumerateArray(), found => Assert.Equal(24, found.GetProperty("values").GetArrayLength())));
        Assert.Equal(Queries, json.GetProperty("sweep").GetProperty("objects").GetArrayLength());

        // One encoder layer and two decoder layers with two attentions, four heads each.
        Assert.Equal(4 * 5, json.GetProperty("ranking").GetProperty("heads").GetArrayLength());
        Assert.Equal(["ranking.png", "report.html", "sweep.png"], Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(5 * Queries, File.ReadAllText(Path.Combine(output, "report.html")).Split("\"values\":").Length - 1);
    }

    [Fact]
    public async Task A_sweep_for_one_query_looks_at_it_alone()
    {
        JsonElement sweep = (await JsonAsync("heads", "--sweep", "--attention", "decoder.self", "--query", "3")).GetProperty("sweep");
        Assert.Equal(("decoder.self", 3), (sweep.GetProperty("attention").GetString(), sweep.GetProperty("query").GetInt32()));
        Assert.All(sweep.GetProperty("steps").EnumerateArray(), step => Assert.Equal(3, Assert.Single(step.GetProperty("objects").EnumerateArray()).GetProperty("query").GetInt32()));
    }

    [Theory]
    [InlineData("", "Name heads with --off")]
    [InlineData("--sweep --off decoder.cross:all:0", "give the one or the other")]
    [InlineData("--off decoder.cross:all:0 --attention decoder.cross", "--attention goes with")]
    [InlineData("--off decoder.cross:all:0 --out nowhere", "--out goes with")]
    [InlineData("--rank --query 1", "--query goes with")]
    [InlineData("--sweep --attention decoder", "decoder.cross")]
    public async Task Options_that_do_not_go_together_are_a_usage_error(string line, string said)
    {
        (int code, string output, string error) = await CommandLine.RunAsync(["heads", _picture, "--weights", _model, .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    /// <summary>What the page's scripts read: maps, then the encoder's attention.</summary>
    private static JsonElement[] PageData(string folder)
        => [.. File.ReadAllText(Path.Combine(folder, "report.html")).Split("<script type=\"application/json\">").Skip(1).Select(part => JsonSerializer.Deserialize<JsonElement>(part[..part.IndexOf("</script>", StringComparison.Ordinal)]))];

    private static string[] Boxes(JsonElement pictures) => [.. pictures[0].GetProperty("detections").EnumerateArray().Select(found => found.GetProperty("box").GetRawText())];

    private async Task<JsonElement> JsonAsync(string command, params string[] options)
    {
        (int code, string output, string error) = await CommandLine.RunAsync([command, _picture, "--weights", _model, "--json", "-", .. options]);
        Assert.True(code == 0, error);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }
}
