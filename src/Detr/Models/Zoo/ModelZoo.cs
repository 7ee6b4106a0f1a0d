using Detr.Data;

namespace Detr.Models;

/// <summary>
/// The weights that the paper's authors published under their names (the model zoo of the reference implementation,
/// trained on COCO 2017).
/// </summary>
public static class ModelZoo
{
    /// <summary>Where the files are; each is named by what follows this address.</summary>
    public static Uri Address { get; } = new("https://dl.fbaipublicfiles.com/detr/");

    /// <summary>The SPDX name of the licence of the repository that publishes them; it states no other one for the weights.</summary>
    public static string License => "Apache-2.0";

    /// <summary>All of them, the plainest first.</summary>
    public static IReadOnlyList<PublishedModel> All { get; } =
    [
        Detector("detr_resnet50", "detr-r50", "e632da11", 159, 42.0, "DETR with ResNet-50, the paper's base model", "resnet50", dilation: false),
        Detector("detr_resnet50_dc5", "detr-r50-dc5", "f0fb7ef5", 159, 43.3, "ResNet-50 with a dilated last stage: features twice as fine", "resnet50", dilation: true),
        Detector("detr_resnet101", "detr-r101", "2c7b67e5", 232, 43.5, "DETR with ResNet-101", "resnet101", dilation: false),
        Detector("detr_resnet101_dc5", "detr-r101-dc5", "a2e86def", 232, 44.9, "ResNet-101 with a dilated last stage: the most precise", "resnet101", dilation: true),
        Detector("detr_resnet50_panoptic", "detr-r50-panoptic", "00ce5173", 165, 38.8, "ResNet-50 with a mask head, things and stuff", "resnet50", dilation: false, 31.1, 43.4),
        Detector("detr_resnet50_dc5_panoptic", "detr-r50-dc5-panoptic", "da08f1b1", 165, 40.2, "ResNet-50 with a dilated last stage and a mask head", "resnet50", dilation: true, 31.9, 44.6),
        Detector("detr_resnet101_panoptic", "detr-r101-panoptic", "40021d53", 237, 40.1, "ResNet-101 with a mask head, things and stuff", "resnet101", dilation: false, 33.0, 45.1),
        new()
        {
            Name = "detr_demo", Url = new Uri(Address, "detr_demo-da2a99e9.pth"), HashStart = "da2a99e9", BoxAP = 40.0,
            Description = "the fifty-line DETR of the paper's appendix, in half precision",
        },
    ];

    /// <summary>Looks for weights by name.</summary>
    /// <param name="name">The name, in upper or lower case.</param>
    /// <returns>The weights, or null when none are published under that name.</returns>
    public static PublishedModel? Find(string name) => All.FirstOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static PublishedModel Detector(
        string name, string file, string hashStart, int megabytes, double boxAP, string description, string backbone, bool dilation,
        double? maskAP = null, double? panopticQuality = null) => new()
        {
            Name = name,
            Url = new Uri(Address, $"{file}-{hashStart}.pth"),
            HashStart = hashStart,
            Megabytes = megabytes,
            BoxAP = boxAP,
            MaskAP = maskAP,
            PanopticQuality = panopticQuality,
            Description = description,
            Options = new DetrOptions
            {
                Backbone = BackboneOptions.FromName(backbone) with { Dilation = dilation },
                Classes = maskAP is null ? CocoLabels.DetectionClasses : CocoLabels.PanopticClasses,
                Masks = maskAP is not null,
            },
        };
}
