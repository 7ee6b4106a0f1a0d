using Detr.Imaging;

namespace Detr.Explain;

/// <summary>Pictures of which only some cells are left; where the others were stands the baseline.</summary>
internal sealed class PartialPictures
{
    // A blur to half a pixel for each cell leaves nothing of what is smaller than two of them.
    private const int CellsInABlur = 2;

    private readonly RgbImage _picture;
    private readonly RgbImage _baseline;
    private readonly int[] _rows;
    private readonly int[] _columns;

    /// <summary>Looks at a picture.</summary>
    /// <param name="picture">The picture; left as it is.</param>
    /// <param name="placement">Where its cells lie; a pixel is its nearest cell's.</param>
    /// <param name="baseline">What stands where cells are not left.</param>
    internal PartialPictures(RgbImage picture, MapPlacement placement, PerturbationBaseline baseline)
    {
        (int width, int height) = (picture.Width, picture.Height);
        _picture = picture;
        _rows = [.. Enumerable.Range(0, height).Select(y => placement.CellAt(0, y + 0.5, width, height))];
        _columns = [.. Enumerable.Range(0, width).Select(x => placement.CellAt(x + 0.5, 0, width, height))];

        // The resizer's mean over all that a pixel stands for is the blur; its way back up is smooth.
        (int columns, int rows) = baseline == PerturbationBaseline.MeanColor
            ? (1, 1)
            : (Math.Max(1, placement.PictureColumns / CellsInABlur), Math.Max(1, placement.PictureRows / CellsInABlur));
        _baseline = ImageResizer.Resize(ImageResizer.Resize(picture, columns, rows), width, height);
    }

    /// <summary>The picture of which some cells are left.</summary>
    /// <param name="isLeft">Whether a cell is, by its place in the map.</param>
    internal RgbImage Of(ReadOnlySpan<bool> isLeft)
    {
        RgbImage result = new(_columns.Length, _rows.Length);
        for (int y = 0; y < _rows.Length; y++)
        {
            ReadOnlySpan<byte> left = _picture.Row(y), gone = _baseline.Row(y);
            Span<byte> row = result.Row(y);
            for (int x = 0; x < _columns.Length; x++)
            {
                (isLeft[_rows[y] + _columns[x]] ? left : gone).Slice(3 * x, 3).CopyTo(row[(3 * x)..]);
            }
        }

        return result;
    }
}
