using Detr.Models;

namespace Detr.Tests.Checkpoints;

/// <summary>From the names and shapes of a model's tensors to what it was made with.</summary>
public sealed class ArchitectureDetectionTests
{
    private static readonly DetrOptions Small = new()
    {
        Backbone = BackboneOptions.FromName("resnet18"),
        Transformer = new TransformerOptions { Channels = 64, Heads = 4, EncoderLayers = 2, DecoderLayers = 2, FeedForward = 128 },
        Queries = 20,
    };

    private static readonly Dictionary<string, DetrOptions> Models = new()
    {
        ["small, post-norm, sines"] = Small,
        ["small, pre-norm, learned"] = Small with { Transformer = Small.Transformer with { PreNorm = true }, PositionEmbedding = PositionEmbedding.Learned },
        ["resnet34"] = Small with { Backbone = BackboneOptions.FromName("resnet34"), Classes = 1 },
        ["small backbone"] = Small with { Backbone = BackboneOptions.FromName("small") },
        ["no encoder"] = Small with { Transformer = Small.Transformer with { EncoderLayers = 0 } },
        ["small, masks"] = Small with { Masks = true },
        ["tiny, masks"] = TinyDetr.PostNorm with { Masks = true },
        ["tiny, post-norm"] = TinyDetr.PostNorm,
        ["tiny, pre-norm"] = TinyDetr.PreNorm,
    };

    public static TheoryData<string> Names => new(Models.Keys);

    public static TheoryData<string> Published => new(ModelZoo.All.Where(model => model.Options is not null).Select(model => model.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_sort_of_detector_is_recognised(string name)
        => AssertDetected("weights.pth", Models[name], new Dictionary<string, string> { ["args.nheads"] = $"{Models[name].Transformer.Heads}", ["args.dilation"] = "false" });

    [Theory]
    [MemberData(nameof(Published))]
    public void Published_models_are_recognised(string name)
    {
        PublishedModel published = ModelZoo.Find(name)!;
        AssertDetected(Path.Combine("cache", published.FileName), published.Options!, []);
    }

    [Theory]
    [InlineData("args.nheads", "many")]
    [InlineData("args.dilation", "perhaps")]
    public void Arguments_that_mean_nothing_are_passed_over(string argument, string value)
        => AssertDetected("weights.pth", TinyDetr.PostNorm, new Dictionary<string, string> { [argument] = value });

    private static void AssertDetected(string path, DetrOptions options, Dictionary<string, string> metadata)
    {
        DetrModel model = new(options);
        Dictionary<string, IReadOnlyList<int>> shapes = model.Parameters.ToDictionary(
            parameter => parameter.Name.StartsWith(model.Prefix, StringComparison.Ordinal) ? parameter.Name[model.Prefix.Length..] : parameter.Name, parameter => (IReadOnlyList<int>)parameter.Shape.ToArray(), StringComparer.Ordinal);
        Assert.Equivalent(options, new ArchitectureDetection(path, shapes).Detect(metadata, new ArchitectureHints()), strict: true);
    }
}
