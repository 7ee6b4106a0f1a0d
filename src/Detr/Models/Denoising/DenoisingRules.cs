namespace Detr.Models;

/// <summary>Which detectors learn by denoising.</summary>
public static class DenoisingRules
{
    /// <summary>The published rule of a detector; null where it has none.</summary>
    /// <param name="variant">The detector.</param>
    public static IDenoisingRule? Of(DetrVariant variant) => variant switch
    {
        DetrVariant.DnDetr => new ObjectDenoising(),
        DetrVariant.Dino => new ContrastiveDenoising(),
        _ => null,
    };
}
