using Detr.Models;
using Detr.Tensors;

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

    // Tables 1 of Meng et al. 2021 and of Liu et al. 2022, and table 1 of Zhu et al. 2021, of the same images.
    [Theory]
    [InlineData(DetrVariant.ConditionalDetr, 2048, 90)]
    [InlineData(DetrVariant.DabDetr, 2048, 94)]
    [InlineData(DetrVariant.DeformableDetr, 1024, 173)]
    public void Successors_cost_what_their_papers_say(DetrVariant variant, int feedForward, double published)
    {
        DetrOptions options = new() { Variant = variant, Queries = 300, Transformer = new TransformerOptions { FeedForward = feedForward } };
        Assert.InRange(MultiplyAdds.Count(options, 800, 1066) / 1e9 / published, 0.9, 1.05);
    }

    // Table 1 of Zhang et al. 2022 (DINO), whose figures are those of one size, 800 × 1280, and so a fifth above the means of the other papers.
    [Theory]
    [InlineData(DetrVariant.DeformableDetr, 196)]
    [InlineData(DetrVariant.Dino, 279)]
    public void DINOs_paper_counts_larger_pictures(DetrVariant variant, double published)
        => Assert.InRange(MultiplyAdds.Count(DetrPresets.Published(variant), 800, 1280) / 1e9 / published, 0.99, 1.01);

    [Theory]
    [InlineData("detr_resnet50_panoptic", 32)]
    [InlineData("detr_resnet50_dc5_panoptic", 16)]
    public void A_mask_head_costs_what_its_weights_are_applied_to(string name, int stride)
    {
        const int Height = 256, Width = 384;
        DetrOptions options = ModelZoo.Find(name)!.Options!;
        ParameterSet parameters = [];
        _ = new MaskHead(parameters, options);

        // Maps of a fourth, an eighth … of the picture; of 264 inputs of the first convolution 256 are the same for all queries.
        long Cells(int stride) => Height / stride * Width / stride;
        long Of(string part, int stride) => Cells(stride) * parameters[$"mask_head.{part}.weight"].Length;
        long coarse = Cells(stride), first = Of("lay1", stride);
        long once = (coarse * 256 * 256) + (first / 264 * 256) + Of("adapter1", 16) + Of("adapter2", 8) + Of("adapter3", 4);
        long each = (256 * 256) + (coarse * 256) + (first / 264 * 8) + Of("lay2", stride) + Of("lay3", 16) + Of("lay4", 8) + Of("lay5", 4) + Of("out_lay", 4);
        Assert.Equal(once + (100 * each), MultiplyAdds.Count(options, Height, Width) - MultiplyAdds.Count(options with { Masks = false }, Height, Width));
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
