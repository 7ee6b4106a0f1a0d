using Detr.Tensors;

namespace Detr.Models;

/// <summary>Places on the levels of a pyramid, whose images may be padded: from 0 to 1 across the image itself, or across a whole level.</summary>
internal static class LevelPlaces
{
    /// <summary>From places on the image to the same places on each level, padding and all.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="places">Points or boxes, [batch, places, 2 or 4], from 0 to 1 across the image.</param>
    /// <param name="levels">How the cells lie.</param>
    /// <returns>[batch, places, levels, 2 or 4], from 0 to 1 across a level.</returns>
    internal static Tensor OnLevels(ForwardContext context, Tensor places, IReadOnlyList<PaddingMask> levels)
    {
        (int batch, int count, int coordinates) = (places.Shape[0], places.Shape[1], places.Shape[2]);
        Tensor filled = context.Reshape(Filled(context, levels, coordinates), [batch, 1, levels.Count, coordinates]);
        return context.Multiply(context.Reshape(places, [batch, count, 1, coordinates]), filled);
    }

    /// <summary>The share of each level that each image fills.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="levels">How the cells lie.</param>
    /// <param name="coordinates">How often it is said, across and down in turn: 2 for points, 4 for boxes.</param>
    /// <returns>[batch, levels, coordinates].</returns>
    internal static Tensor Filled(ForwardContext context, IReadOnlyList<PaddingMask> levels, int coordinates)
    {
        float[] shares = new float[levels[0].Batch * levels.Count * coordinates];
        for (int place = 0; place < shares.Length; place += coordinates)
        {
            (int image, int level) = Math.DivRem(place / coordinates, levels.Count);
            PaddingMask cells = levels[level];
            (int rows, int columns) = cells.SizeOf(image);
            for (int i = 0; i < coordinates; i++)
            {
                shares[place + i] = i % 2 == 0 ? (float)columns / cells.Width : (float)rows / cells.Height;
            }
        }

        return context.Upload([levels[0].Batch, levels.Count, coordinates], shares);
    }
}
