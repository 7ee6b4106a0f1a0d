using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// What the encoder's cells propose (Zhu et al. 2021, appendix A.4): each cell stands for a box around it, 0.05 · 2^level of the image wide and
/// high, that a head may move. Cells that are padding, or whose box would reach the image's edge, hold nothing.
/// </summary>
internal sealed class CellProposals
{
    /// <summary>The side of a box on the finest level, in shares of the image.</summary>
    internal const float SmallestSide = 0.05f;

    /// <summary>How near a proposed box's numbers may come to 0 and 1.</summary>
    internal const float Margin = 0.01f;

    private readonly Linear _output;
    private readonly LayerNorm _norm;

    /// <summary>Adds the parameters.</summary>
    /// <param name="parameters">Takes enc_output and enc_output_norm.</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="channels">The transformer's channels.</param>
    internal CellProposals(ParameterSet parameters, string prefix, int channels)
    {
        _output = new Linear(parameters, $"{prefix}enc_output", channels, channels);
        _norm = new LayerNorm(parameters, $"{prefix}enc_output_norm", channels);
    }

    /// <summary>The cells as heads read them, and the boxes that they stand for.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="memory">The encoder's result.</param>
    /// <returns>[batch, cells, channels], and boxes before the sigmoid, [batch, cells, 4], +∞ where there is none.</returns>
    internal (Tensor Values, Tensor Boxes) Forward(ForwardContext context, ImageTokens memory)
    {
        using Scope scope = context.Scope();
        (int batch, int cells) = (memory.Values.Shape[0], memory.Values.Shape[1]);
        float[] boxes = Boxes(context.MiddlesOf(memory).AsSpan(), memory), held = new float[batch * cells];
        for (int cell = 0; cell < held.Length; cell++)
        {
            held[cell] = float.IsFinite(boxes[4 * cell]) ? 1f : 0f;
        }

        Tensor kept = context.Multiply(memory.Values, context.Upload([batch, cells, 1], held));
        return (scope.Keep(_norm.Forward(context, _output.Forward(context, kept))), scope.Keep(context.Upload([batch, cells, 4], boxes)));
    }

    /// <summary>The cells with the largest scores, best first; of equal ones the first.</summary>
    /// <param name="logits">[batch, cells, classes].</param>
    /// <param name="count">How many of each image; all, where there are fewer.</param>
    /// <param name="score">The score of a cell's logits.</param>
    /// <returns>Their numbers, counted through the batch, [batch · count].</returns>
    internal static int[] Best(Tensor logits, int count, Func<ReadOnlySpan<float>, float> score)
    {
        (int batch, int cells, int classes) = (logits.Shape[0], logits.Shape[1], logits.Shape[2]);
        ReadOnlySpan<float> all = logits.AsSpan();
        (float Score, int Cell)[] ranked = new (float, int)[cells];
        count = Math.Min(count, cells);
        int[] best = new int[batch * count];
        for (int image = 0; image < batch; image++)
        {
            for (int i = 0; i < cells; i++)
            {
                int cell = (image * cells) + i;
                ranked[i] = (score(all.Slice(cell * classes, classes)), cell);
            }

            Array.Sort(ranked, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Cell.CompareTo(b.Cell));
            for (int i = 0; i < count; i++)
            {
                best[(image * count) + i] = ranked[i].Cell;
            }
        }

        return best;
    }

    /// <summary>Rows of a tensor of all cells.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, cells, channels].</param>
    /// <param name="rows">Cells counted through the batch, as many of each image.</param>
    /// <returns>[batch, rows of an image, channels].</returns>
    internal static Tensor Choose(ForwardContext context, Tensor x, int[] rows)
    {
        (int batch, int cells, int channels) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        return context.Reshape(context.GatherRows(context.Reshape(x, [batch * cells, channels]), rows), [batch, rows.Length / batch, channels]);
    }

    private static float[] Boxes(ReadOnlySpan<float> middles, ImageTokens memory)
    {
        float[] boxes = new float[2 * middles.Length];
        int cell = 0;
        for (int image = 0; image < memory.Levels[0].Batch; image++)
        {
            float side = SmallestSide;
            foreach (PaddingMask level in memory.Levels)
            {
                int cells = level.Height * level.Width;
                for (int i = 0; i < cells; i++, cell++)
                {
                    (float x, float y) = (middles[2 * cell], middles[(2 * cell) + 1]);
                    bool isHeld = IsInside(x) && IsInside(y) && IsInside(side) && !level.Padded[(image * cells) + i];
                    Span<float> box = boxes.AsSpan(4 * cell, 4);
                    (box[0], box[1], box[2], box[3]) = isHeld
                        ? (Logit(x), Logit(y), Logit(side), Logit(side))
                        : (float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity);
                }

                side *= 2;
            }
        }

        return boxes;
    }

    private static bool IsInside(float coordinate) => coordinate is > Margin and < 1 - Margin;

    private static float Logit(float x) => MathF.Log(x / (1 - x));
}
