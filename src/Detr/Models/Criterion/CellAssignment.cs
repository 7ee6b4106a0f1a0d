using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>Gives each cell of the encoder at most one object: the smallest of those whose middle it lies in.</summary>
/// <remarks>
/// An object's middle is half its box's width and height around the centre; the cell that holds the centre always counts, so that an
/// object goes without a cell only where a smaller one takes its last. Unlike Hungarian matching this gives an object several cells, and
/// the same ones in every step, so that features learn what is where before queries have divided the objects among them.
/// </remarks>
internal static class CellAssignment
{
    // Half of the share of a box's width and height that is its middle.
    private const float Reach = 0.25f;

    /// <summary>The object of each cell of an image.</summary>
    /// <param name="cells">How cells lie, and which are padding.</param>
    /// <param name="image">The image's number in the batch.</param>
    /// <param name="targets">Its objects.</param>
    /// <returns>For each cell, row by row, an object's number, or -1 for none.</returns>
    internal static int[] Assign(PaddingMask cells, int image, BoxTargets targets)
    {
        (int rows, int columns) = cells.SizeOf(image);
        int[] owners = new int[cells.Height * cells.Width];
        owners.AsSpan().Fill(-1);
        foreach (int target in Enumerable.Range(0, targets.Count).OrderByDescending(number => targets.Box(number)[2] * targets.Box(number)[3]))
        {
            ReadOnlySpan<float> box = targets.Box(target);
            (int top, int bottom) = Middle(box[1], box[3], rows);
            (int left, int right) = Middle(box[0], box[2], columns);
            for (int y = top; y <= bottom; y++)
            {
                owners.AsSpan((y * cells.Width) + left, right - left + 1).Fill(target);
            }
        }

        return owners;
    }

    /// <summary>The first and the last cell along one axis whose centres lie in the middle of a box, or else the cell that holds its centre.</summary>
    private static (int First, int Last) Middle(float centre, float side, int cells)
    {
        float place = centre * cells, reach = side * cells * Reach;
        int own = Math.Clamp((int)place, 0, cells - 1), first = (int)MathF.Ceiling(place - reach - 0.5f), last = (int)MathF.Floor(place + reach - 0.5f);
        return (Math.Clamp(first, 0, own), Math.Clamp(last, own, cells - 1));
    }
}
