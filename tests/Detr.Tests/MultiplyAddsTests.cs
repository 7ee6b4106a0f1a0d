using Detr.Models;

namespace Detr.Tests;

/// <summary>The count of arithmetic against figures that others found.</summary>
public sealed class MultiplyAddsTests
{
    // Table 1 of the paper: means over the first hundred images of COCO val 2017, whose usual size is 800 × 1066. The means
    // include smaller and larger images, so that ratios to the base model say more than the figures themselves.
    [Theory]
    [InlineData("detr_resnet50", 86)]
    [InlineData("detr_resnet50_dc5", 187)]
    [InlineData("detr_resnet101", 152)]
    [InlineData("detr_resnet101_dc5", 253)]
    public void Models_cost_what_the_paper_says(string name, double published)
    {
        double count = MultiplyAdds.Count(ModelZoo.Find(name)!.Options!, 800, 1066) / 1e9;
        double ofBase = MultiplyAdds.Count(ModelZoo.Find("detr_resnet50")!.Options!, 800, 1066) / 1e9;
        Assert.InRange(count / published, 0.9, 1.1);
        Assert.InRange(count / ofBase / (published / 86), 0.95, 1.05);
    }

    // He et al. 2016 and torchvision's table: ResNet-18 and ResNet-50 at 224 × 224, less their classifiers.
    [Theory]
    [InlineData("resnet18", 1.814e9)]
    [InlineData("resnet34", 3.664e9)]
    [InlineData("resnet50", 4.089e9)]
    [InlineData("resnet101", 7.801e9)]
    public void Backbones_cost_what_is_known_of_them(string name, double known)
    {
        TransformerOptions nothing = new() { Channels = 1, EncoderLayers = 0, DecoderLayers = 0 };
        DetrOptions options = new() { Backbone = BackboneOptions.FromName(name), Transformer = nothing, Queries = 0 };
        long classifier = options.Backbone.OutputChannels * 1000L, projection = options.Backbone.OutputChannels * 49L;
        Assert.InRange(MultiplyAdds.Count(options, 224, 224) - projection + classifier, known * 0.999, known * 1.001);
    }
}
