using Detr.Models;

namespace Detr.Tests.Golden;

/// <summary>The detectors after DETR as the reference's programs made their golden numbers.</summary>
internal static class FamilyModels
{
    /// <summary>A model's shape.</summary>
    /// <param name="file">The name of its golden file.</param>
    internal static DetrOptions Options(string file)
    {
        DetrOptions shared = new() { Queries = 300, Transformer = new TransformerOptions { Dropout = 0 } };
        SinePositionOptions steep = new() { Temperature = 20 };
        return file switch
        {
            "conditional_detr_resnet50" => shared with { Variant = DetrVariant.ConditionalDetr },
            "dab_detr_resnet50" => shared with { Variant = DetrVariant.DabDetr, SinePosition = steep },
            "dab_detr_resnet50_3patterns" => shared with { Variant = DetrVariant.DabDetr, SinePosition = steep, QueryPatterns = 3 },
            "dn_detr_resnet50" => shared with { Variant = DetrVariant.DnDetr, SinePosition = steep },
            _ => throw new ArgumentOutOfRangeException(nameof(file), file, null),
        };
    }
}
