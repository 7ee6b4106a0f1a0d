using Detr.Tensors;

namespace Detr.Models;

/// <summary>Operations on reference points.</summary>
internal static class ReferenceOperations
{
    /// <summary>σ(offsets + σ⁻¹(points)); of points that have no size, the offsets alone say it.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="points">[batch, queries, 2 or 4], from 0 to 1.</param>
    /// <param name="offsets">[batch, queries, 4].</param>
    /// <param name="epsilon">Keeps logits finite, see <see cref="ElementOperations.InverseSigmoid"/>.</param>
    /// <returns>[batch, queries, 4], from 0 to 1.</returns>
    internal static Tensor BoxesNear(this ForwardContext context, Tensor points, Tensor offsets, float epsilon)
    {
        using Scope scope = context.Scope();
        Tensor logits = context.InverseSigmoid(points, epsilon);
        Tensor ofBoxes = points.Shape[2] == 4 ? logits : context.Concatenate(2, logits, context.Zeros(logits.Shape));
        return scope.Keep(context.Sigmoid(context.Add(offsets, ofBoxes)));
    }

    /// <summary>The middles of cells as reference points, in shares of the picture without its padding; those of padded cells lie beyond 1.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="cells">The cells of one feature map or several.</param>
    /// <returns>[batch, cells, 2], x and y.</returns>
    internal static Tensor MiddlesOf(this ForwardContext context, ImageTokens cells)
    {
        (int batch, int count) = (cells.Values.Shape[0], cells.Values.Shape[1]);
        float[] middles = new float[2 * batch * count];
        int place = 0;
        for (int image = 0; image < batch; image++)
        {
            foreach (PaddingMask level in cells.Levels)
            {
                (int rows, int columns) = level.SizeOf(image);
                for (int cell = 0; cell < level.Height * level.Width; cell++, place += 2)
                {
                    (int y, int x) = Math.DivRem(cell, level.Width);
                    middles[place] = (x + 0.5f) / Math.Max(1, columns);
                    middles[place + 1] = (y + 0.5f) / Math.Max(1, rows);
                }
            }
        }

        return context.Upload([batch, count, 2], middles);
    }
}
