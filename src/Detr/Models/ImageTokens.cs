using Detr.Tensors;

namespace Detr.Models;

/// <summary>Images as the transformer sees them: a token for each cell of the feature maps.</summary>
/// <param name="Values">[batch, cells, channels]: what goes into the encoder or, after it, DETR's memory.</param>
/// <param name="Position">The cells' position encoding, of the same shape.</param>
/// <param name="Levels">How the cells lie, row by row, and which are padding: of each feature map, finest first, one after the other.</param>
public sealed record ImageTokens(Tensor Values, Tensor Position, IReadOnlyList<PaddingMask> Levels)
{
    /// <summary>How the cells of the finest feature map lie; of all cells, where there is one map.</summary>
    public PaddingMask Cells => Levels[0];

    /// <summary>What a mask head reads beside tokens; null where no masks were asked for.</summary>
    internal MaskSource? MaskSource { get; init; }
}
