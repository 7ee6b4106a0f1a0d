using Detr.Tensors;

namespace Detr.Models;

/// <summary>A model's predictions.</summary>
/// <param name="Logits">[batch, queries, classes], and one more, no-object, where <see cref="Scoring"/> is a softmax; <see cref="ClassProbabilities"/> reads them.</param>
/// <param name="Boxes">[batch, queries, 4]: centre x and y, width and height, relative to the padded-off image.</param>
/// <param name="Auxiliary">The same after each earlier decoder layer, the first one first; empty unless asked for.</param>
/// <param name="Encoder">What the heads read from the encoder's cells; null unless asked for.</param>
/// <param name="Masks">What masks are made from; null unless asked for.</param>
public sealed record DetrOutput(Tensor Logits, Tensor Boxes, IReadOnlyList<DetrOutput> Auxiliary, EncoderOutput? Encoder = null, MaskInputs? Masks = null)
{
    /// <summary>How the logits say which class a query sees.</summary>
    public ClassScoring Scoring { get; init; }

    /// <summary>What the encoder proposes before there are queries, [batch, proposals, …]; null where the model has no such stage, or unless asked for.</summary>
    public DetrOutput? Proposals { get; init; }

    /// <summary>What became of denoising queries; null where there were none.</summary>
    public DenoisingOutput? Denoising { get; init; }
}
