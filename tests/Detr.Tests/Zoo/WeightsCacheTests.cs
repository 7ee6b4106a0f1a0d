using Detr.Models;

namespace Detr.Tests.Zoo;

/// <summary>Where weights are kept, and which there are.</summary>
public sealed class WeightsCacheTests
{
    [Fact]
    public void The_variable_names_the_folder()
        => Assert.Equal("/somewhere", WeightsCache.UserFolder(name => name == WeightsCache.FolderVariable ? "/somewhere" : null, _ => "/home/user"));

    [Theory]
    [InlineData(null, "/home/user/.cache/detr")]
    [InlineData("", "/home/user/.cache/detr")]
    [InlineData("relative/caches", "/home/user/.cache/detr")]
    [InlineData("/caches", "/caches/detr")]
    public void Elsewhere_the_systems_convention_decides(string? xdg, string onLinux)
    {
        string folder = WeightsCache.UserFolder(
            name => name == "XDG_CACHE_HOME" ? xdg : null, special => special == Environment.SpecialFolder.LocalApplicationData ? "/local" : "/home/user");
        string expected = OperatingSystem.IsWindows() ? "/local/detr" : OperatingSystem.IsMacOS() ? "/home/user/Library/Caches/detr" : onLinux;
        Assert.Equal(expected, folder.Replace('\\', '/'));
    }

    [Fact]
    public void A_user_without_a_home_is_told_what_to_set()
    {
        IOException error = Assert.Throws<IOException>(() => WeightsCache.UserFolder(_ => null, _ => string.Empty));
        Assert.Contains(WeightsCache.FolderVariable, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_published_file_carries_its_hash_in_its_name()
    {
        Assert.Equal(8, ModelZoo.All.Count);
        Assert.Equal(ModelZoo.All.Count, ModelZoo.All.Select(model => model.Name).Distinct().Count());
        Assert.All(ModelZoo.All, model =>
        {
            Assert.Matches("^[0-9a-f]{8}$", model.HashStart);
            Assert.EndsWith($"-{model.HashStart}.pth", model.FileName, StringComparison.Ordinal);
            Assert.StartsWith("https://dl.fbaipublicfiles.com/detr/", model.Url.ToString(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("detr_resnet50", 2048, 32, 91)]
    [InlineData("DETR_ResNet101_DC5", 2048, 16, 91)]
    [InlineData("detr_resnet50_panoptic", 2048, 32, 250)]
    public void Names_stand_for_shapes(string name, int channels, int stride, int classes)
    {
        DetrOptions options = ModelZoo.Find(name)!.Options!;
        Assert.Equal((channels, stride, classes), (options.Backbone.OutputChannels, options.Backbone.Stride, options.Classes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("detr_resnet")]
    [InlineData("detr_resnet50.pth")]
    public void Other_names_stand_for_nothing(string name) => Assert.Null(ModelZoo.Find(name));
}
