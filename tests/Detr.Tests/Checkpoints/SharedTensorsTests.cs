using Detr.Models;
using Detr.Tests.Golden;

namespace Detr.Tests.Checkpoints;

/// <summary>Heads that other programs save several times, against the lists of keys that these programs print.</summary>
public sealed class SharedTensorsTests
{
    public static TheoryData<string> Models => new(
        "conditional_detr_resnet50", "dab_detr_resnet50", "dab_detr_resnet50_3patterns", "dn_detr_resnet50",
        "deformable_detr_resnet50", "deformable_detr_resnet50_refine", "deformable_detr_resnet50_two_stage", "dino_4scale_resnet50");

    [Theory]
    [MemberData(nameof(Models))]
    public void Names_are_those_of_the_authors_programs(string file)
    {
        PublishedKeys published = PublishedKeys.Read(file);
        DetrOptions options = new ArchitectureDetection(file, published.Shapes).Detect(new Dictionary<string, string>(), new ArchitectureHints());
        DetrModel model = new(options);
        Assert.Equal(
            published.Shapes.Keys.Order(StringComparer.Ordinal),
            model.Parameters.SelectMany(parameter => SharedTensors.Names(options, parameter.Name)).Order(StringComparer.Ordinal));
        Assert.Equal(published.Parameters, model.Parameters.Where(parameter => !parameter.IsBuffer).Sum(parameter => (long)parameter.Length));
        Dictionary<string, IReadOnlyList<int>> once = SharedTensors.Once(options, published.Shapes);
        Assert.Equal(model.Parameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal), once.Keys.Order(StringComparer.Ordinal));
        Assert.All(model.Parameters, parameter => Assert.Equal(parameter.Shape, once[parameter.Name]));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Published_shapes_are_found_and_are_the_presets(string file)
    {
        DetrOptions options = new ArchitectureDetection(file, PublishedKeys.Read(file).Shapes).Detect(new Dictionary<string, string>(), new ArchitectureHints());
        DetrOptions preset = DetrPresets.Published(options.Variant);
        Assert.Equivalent(preset with { QueryPatterns = options.QueryPatterns, Deformable = options.Deformable }, options, strict: true);
    }
}
