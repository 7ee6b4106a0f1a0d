using System.Numerics.Tensors;

namespace Detr.Models;

/// <summary>
/// Reads a mask's logits, which are coarser than the picture, at the picture's own pixels: linear in both directions, cell centres at
/// half integers, edges repeated. One row at a time, so that no mask is ever held at the picture's size.
/// </summary>
internal sealed class MaskSampler
{
    private readonly int _maskWidth;
    private readonly (int First, int Second, float Fraction)[] _rows;
    private readonly (int First, int Second, float Fraction)[] _columns;
    private readonly float[] _line;

    /// <summary>Prepares the places.</summary>
    /// <param name="maskHeight">Rows of the logits.</param>
    /// <param name="maskWidth">Columns of the logits.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    internal MaskSampler(int maskHeight, int maskWidth, int height, int width)
    {
        _maskWidth = maskWidth;
        _rows = Places(maskHeight, height);
        _columns = Places(maskWidth, width);
        _line = new float[maskWidth];
    }

    /// <summary>A row of the picture.</summary>
    /// <param name="mask">[mask height, mask width].</param>
    /// <param name="y">The row.</param>
    /// <param name="row">Takes the row's logits.</param>
    internal void Row(ReadOnlySpan<float> mask, int y, Span<float> row)
    {
        (int first, int second, float fraction) = _rows[y];
        TensorPrimitives.Lerp(mask.Slice(first * _maskWidth, _maskWidth), mask.Slice(second * _maskWidth, _maskWidth), fraction, _line);
        for (int x = 0; x < row.Length; x++)
        {
            (int left, int right, float share) = _columns[x];
            row[x] = float.Lerp(_line[left], _line[right], share);
        }
    }

    /// <summary>A single pixel.</summary>
    /// <param name="mask">[mask height, mask width].</param>
    /// <param name="y">Its row.</param>
    /// <param name="x">Its column.</param>
    internal float At(ReadOnlySpan<float> mask, int y, int x)
    {
        (int first, int second, float fraction) = _rows[y];
        (int left, int right, float share) = _columns[x];
        ReadOnlySpan<float> upper = mask.Slice(first * _maskWidth, _maskWidth), lower = mask.Slice(second * _maskWidth, _maskWidth);
        return float.Lerp(float.Lerp(upper[left], lower[left], fraction), float.Lerp(upper[right], lower[right], fraction), share);
    }

    private static (int First, int Second, float Fraction)[] Places(int from, int to)
    {
        (int, int, float)[] places = new (int, int, float)[to];
        for (int i = 0; i < to; i++)
        {
            float place = Math.Max(((i + 0.5f) * ((float)from / to)) - 0.5f, 0f);
            int first = Math.Min((int)place, from - 1);
            places[i] = (first, Math.Min(first + 1, from - 1), Math.Min(place - first, 1f));
        }

        return places;
    }
}
