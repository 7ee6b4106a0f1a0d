using Detr.Tensors;

namespace Detr.Models;

/// <summary>A learnt vector for each column and each row, side by side: columns in the first half of the channels.</summary>
public sealed class LearnedPositionEncoding : IPositionEncoding
{
    /// <summary>Rows and columns that it knows.</summary>
    internal const int Places = 50;

    private readonly Parameter _rows;
    private readonly Parameter _columns;

    /// <summary>Adds the encoding's parameters.</summary>
    /// <param name="parameters">Takes row_embed.weight and col_embed.weight, [50, channels / 2] each.</param>
    /// <param name="prefix">What stands before each name, such as <c>backbone.1.</c>.</param>
    /// <param name="channels">Channels of the encoding; even.</param>
    public LearnedPositionEncoding(ParameterSet parameters, string prefix, int channels)
    {
        _rows = parameters.Add($"{prefix}row_embed.weight", [Places, channels / 2]);
        _columns = parameters.Add($"{prefix}col_embed.weight", [Places, channels / 2]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The feature map has more than 50 rows or columns.</exception>
    public Tensor Forward(ForwardContext context, PaddingMask mask)
    {
        if (mask.Height > Places || mask.Width > Places)
        {
            throw new ArgumentException($"The learned position encoding knows {Places} rows and columns, but the features have {mask.Height} × {mask.Width}; use a smaller image.", nameof(mask));
        }

        int half = _rows.Shape[1], cells = mask.Height * mask.Width;
        Tensor grid = context.Zeros([mask.Height, mask.Width, half]);
        Tensor columns = context.GatherRows(_columns, [.. Enumerable.Range(0, mask.Width)]);
        Tensor rows = context.Reshape(context.GatherRows(_rows, [.. Enumerable.Range(0, mask.Height)]), [mask.Height, 1, half]);
        Tensor one = context.Concatenate(2, context.Add(grid, columns), context.Add(grid, rows));
        return context.Add(context.Zeros([mask.Batch, cells, 2 * half]), context.Reshape(one, [1, cells, 2 * half]));
    }
}
