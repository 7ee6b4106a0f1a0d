using Detr.Models;

namespace Detr.Tests.Golden;

/// <summary>The detectors after DETR as the reference's programs made their golden numbers.</summary>
internal static class FamilyModels
{
    /// <summary>
    /// The encoder's result with queries at the cells that the reference chose, in its order: scores of neighbours may differ by less than
    /// rounding does, and a pair that changes places changes what all queries see.
    /// </summary>
    /// <param name="golden">May hold the cells' numbers.</param>
    /// <param name="memory">The encoder's result.</param>
    internal static ImageTokens WithProposals(GoldenFile golden, ImageTokens memory)
    {
        const string Key = "proposals.tokens";
        if (!golden.Keys.Contains(Key))
        {
            return memory;
        }

        (int batch, int cells) = (memory.Values.Shape[0], memory.Values.Shape[1]);
        double[] chosen = golden.Doubles(Key);
        return memory with { Chosen = [.. chosen.Select((cell, i) => (i / (chosen.Length / batch) * cells) + (int)cell)] };
    }

    /// <summary>A model's shape.</summary>
    /// <param name="file">The name of its golden file.</param>
    internal static DetrOptions Options(string file)
    {
        DetrOptions shared = new() { Queries = 300, Transformer = new TransformerOptions { Dropout = 0 } };
        SinePositionOptions steep = new() { Temperature = 20 };
        DetrOptions deformable = shared with
        {
            Variant = DetrVariant.DeformableDetr,
            Transformer = shared.Transformer with { FeedForward = 1024 },
            SinePosition = new SinePositionOptions { HalfCell = true },
        };
        return file switch
        {
            "conditional_detr_resnet50" => shared with { Variant = DetrVariant.ConditionalDetr },
            "dab_detr_resnet50" => shared with { Variant = DetrVariant.DabDetr, SinePosition = steep },
            "dab_detr_resnet50_3patterns" => shared with { Variant = DetrVariant.DabDetr, SinePosition = steep, QueryPatterns = 3 },
            "dn_detr_resnet50" => shared with { Variant = DetrVariant.DnDetr, SinePosition = steep },
            "deformable_detr_resnet50" => deformable,
            "deformable_detr_resnet50_refine" => deformable with { Deformable = new DeformableOptions { BoxRefinement = true } },
            "deformable_detr_resnet50_two_stage" => deformable with { Deformable = new DeformableOptions { BoxRefinement = true, TwoStage = true } },
            "dino_4scale_resnet50" => shared with { Variant = DetrVariant.Dino, Queries = 900, SinePosition = steep },
            _ => throw new ArgumentOutOfRangeException(nameof(file), file, null),
        };
    }
}
