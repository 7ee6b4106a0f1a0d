using Detr.Tensors;

namespace Detr.Models;

/// <summary>Images as the transformer sees them: a token for each cell of the feature map.</summary>
/// <param name="Values">[batch, cells, channels]: what goes into the encoder or, after it, DETR's memory.</param>
/// <param name="Position">The cells' position encoding, of the same shape.</param>
/// <param name="Cells">How the cells lie, row by row, and which are padding.</param>
public sealed record ImageTokens(Tensor Values, Tensor Position, PaddingMask Cells)
{
    /// <summary>What a mask head reads beside tokens; null where no masks were asked for.</summary>
    internal MaskSource? MaskSource { get; init; }
}
