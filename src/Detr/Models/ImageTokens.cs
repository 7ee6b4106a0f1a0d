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

    /// <summary>Which of all cells are padding, in one row of [batch, 1, cells].</summary>
    internal PaddingMask AllCells => field ??= Levels is [var only] ? only : InARow(Levels);

    /// <summary>Rows and columns of each feature map.</summary>
    internal (int Height, int Width)[] Sizes => field ??= [.. Levels.Select(level => (level.Height, level.Width))];

    /// <summary>Where queries are to begin, in place of the cells that propose objects most surely: cells counted through the batch, as many of each image, best first; or null.</summary>
    internal int[]? Chosen { get; init; }

    /// <summary>What a mask head reads beside tokens; null where no masks were asked for.</summary>
    internal MaskSource? MaskSource { get; init; }

    /// <summary>The cells of the finest feature map alone.</summary>
    /// <param name="context">The pass.</param>
    internal ImageTokens Finest(ForwardContext context)
    {
        int count = Cells.Height * Cells.Width;
        return Levels is [_] ? this : new ImageTokens(context.Slice(Values, 1, 0, count), context.Slice(Position, 1, 0, count), [Cells]);
    }

    private static PaddingMask InARow(IReadOnlyList<PaddingMask> levels)
    {
        int batch = levels[0].Batch, cells = levels.Sum(level => level.Height * level.Width);
        if (!levels.Any(level => level.HasPadding))
        {
            return PaddingMask.None(batch, 1, cells);
        }

        bool[] padded = new bool[batch * cells];
        Span<bool> rest = padded;
        for (int image = 0; image < batch; image++)
        {
            foreach (PaddingMask level in levels)
            {
                int count = level.Height * level.Width;
                level.Padded.AsSpan(image * count, count).CopyTo(rest);
                rest = rest[count..];
            }
        }

        return new PaddingMask(batch, 1, cells, padded);
    }
}
