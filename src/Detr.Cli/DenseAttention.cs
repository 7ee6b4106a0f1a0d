using Detr.Models;

namespace Detr.Cli;

/// <summary>Attention to all cells of a picture, which explanations are made of.</summary>
internal static class DenseAttention
{
    /// <summary>Makes sure that a model has it.</summary>
    /// <exception cref="InputException">It samples a few points instead.</exception>
    internal static void Check(DetrOptions model)
    {
        if (model.HasDeformableAttention)
        {
            throw new InputException($"A {DetrPresets.NameOf(model.Variant)} samples a few points of a picture and attends to no map of cells that could explain it; heads --off and --rank work with it, and explain shows the points.");
        }
    }
}
