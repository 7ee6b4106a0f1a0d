namespace Detr.Models;

/// <summary>What a model has that the reference's program has no option for, so that its weights, loaded there, make another function.</summary>
public static class ReferenceDifferences
{
    // torchvision's, which the reference takes by name.
    private static readonly IReadOnlyList<BackboneOptions> Backbones =
    [
        BackboneOptions.FromName("resnet18"), BackboneOptions.FromName("resnet34"), BackboneOptions.FromName("resnet50"), BackboneOptions.FromName("resnet101"),
        new BackboneOptions { Blocks = [3, 8, 36, 3] },
    ];

    /// <summary>The differences, each as a clause; none where the reference's program can make the model.</summary>
    /// <param name="options">The model.</param>
    public static IReadOnlyList<string> Of(DetrOptions options)
    {
        List<string> differences = [];
        if (options.Transformer.PositionAt != PositionPlacement.Attention)
        {
            differences.Add($"positions are added {Text(options.Transformer.PositionAt)}, and there {Text(PositionPlacement.Attention)}");
        }

        SinePositionOptions waves = options.SinePosition, usual = new();
        if (options.PositionEmbedding == PositionEmbedding.Sine && waves != usual)
        {
            differences.Add(FormattableString.Invariant(
                $"the waves of positions have {waves.Repeats} repeats and temperature {waves.Temperature}, and there {usual.Repeats} and {usual.Temperature}"));
        }

        if (!Backbones.Any(known => IsAlike(known, options.Backbone)))
        {
            differences.Add("the backbone is none of torchvision's ResNets");
        }

        return differences;
    }

    private static string Text(PositionPlacement placement) => placement switch
    {
        PositionPlacement.Attention => "to queries and keys alone",
        PositionPlacement.Input => "to the encoder's input alone",
        PositionPlacement.Both => "to the encoder's input and to queries and keys",
        PositionPlacement.Decoder => "to the decoder's keys alone",
        _ => "nowhere",
    };

    // Dilation is an option of the reference, too, and norms that are not frozen compute the same once they learn no more.
    private static bool IsAlike(BackboneOptions known, BackboneOptions backbone)
        => known.Blocks.SequenceEqual(backbone.Blocks)
            && (known.Bottleneck, known.Width, known.StemKernel, known.StemPooling) == (backbone.Bottleneck, backbone.Width, backbone.StemKernel, backbone.StemPooling);
}
