using Detr.Data;
using Detr.Imaging;
using Detr.Models;

namespace Detr.Explain;

/// <summary>Where the cells of a feature map lie on the upright original.</summary>
/// <remarks>
/// Every layer of the backbone pads alike on all sides, so cell i of a row looks out from pixel i · stride of the picture as the model
/// saw it, and that pixel's centre, i · stride + ½, is the cell's. Not the middle of the pixels from i · stride to (i + 1) · stride, which
/// is half a cell further right and down: the first cell sits on the picture's first pixel. The step from the model's pixels to the
/// original's is the resizing's, in which edges meet edges.
/// </remarks>
public sealed record MapPlacement
{
    /// <summary>Places a map.</summary>
    /// <param name="modelWidth">Pixels in a row of the picture as the model saw it, without padding; at least 1.</param>
    /// <param name="modelHeight">Its rows; at least 1.</param>
    /// <param name="stride">Pixels from one cell to the next; at least 1.</param>
    /// <param name="rows">The feature map's rows, those of padding included.</param>
    /// <param name="columns">Its columns, those of padding included.</param>
    /// <exception cref="ArgumentException">The map is smaller than the picture needs.</exception>
    public MapPlacement(int modelWidth, int modelHeight, int stride, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(modelWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(modelHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        (ModelWidth, ModelHeight, Stride, Rows, Columns) = (modelWidth, modelHeight, stride, rows, columns);
        (PictureRows, PictureColumns) = (Cells(modelHeight, stride), Cells(modelWidth, stride));
        if (rows < PictureRows || columns < PictureColumns)
        {
            throw new ArgumentException($"A picture of {modelWidth} × {modelHeight} pixels has {PictureRows} × {PictureColumns} cells of {stride} pixels, which a map of {rows} × {columns} lacks; is it of another picture or model?");
        }
    }

    /// <summary>Pixels in a row of the picture as the model saw it, without padding.</summary>
    public int ModelWidth { get; }

    /// <summary>Its rows.</summary>
    public int ModelHeight { get; }

    /// <summary>Pixels from one cell to the next.</summary>
    public int Stride { get; }

    /// <summary>The feature map's rows.</summary>
    public int Rows { get; }

    /// <summary>The feature map's columns.</summary>
    public int Columns { get; }

    /// <summary>Rows that are not padding.</summary>
    public int PictureRows { get; }

    /// <summary>Columns that are not padding.</summary>
    public int PictureColumns { get; }

    /// <summary>The placement of a picture that is alone in its batch, so that nothing is padded.</summary>
    /// <param name="backbone">Makes the feature map, and so knows its cells' size.</param>
    /// <param name="modelWidth">Pixels in a row of the picture as the model saw it.</param>
    /// <param name="modelHeight">Its rows.</param>
    public static MapPlacement Unpadded(BackboneOptions backbone, int modelWidth, int modelHeight)
        => new(modelWidth, modelHeight, backbone.Stride, Cells(modelHeight, backbone.Stride), Cells(modelWidth, backbone.Stride));

    /// <summary>The placement of a picture that a detector looks at alone.</summary>
    /// <param name="model">The model, whose resizing it is.</param>
    /// <param name="width">Pixels in a row of the upright original; at least 1.</param>
    /// <param name="height">Its rows; at least 1.</param>
    /// <param name="size">Another short side than the model's; null for that.</param>
    /// <param name="maximumSize">Another limit of the long side; null for one in the same proportion as the model's.</param>
    public static MapPlacement Of(DetrOptions model, int width, int height, int? size = null, int? maximumSize = null)
    {
        ResizeShortSide resize = model.Resize(size, maximumSize);
        (int modelWidth, int modelHeight) = ResizeRules.ShortSide(width, height, resize.Size, resize.MaximumSize);
        return Unpadded(model.Backbone, modelWidth, modelHeight);
    }

    /// <summary>A cell's centre in a picture of any size, in pixels from its upper left corner.</summary>
    /// <param name="row">The cell's row.</param>
    /// <param name="column">Its column.</param>
    /// <param name="width">Pixels in a row of the picture.</param>
    /// <param name="height">Its rows.</param>
    public (double X, double Y) Centre(int row, int column, int width, int height)
        => (((column * (double)Stride) + 0.5) * width / ModelWidth, ((row * (double)Stride) + 0.5) * height / ModelHeight);

    /// <summary>The cell whose centre is nearest, by its place in the map; never one of padding.</summary>
    /// <param name="x">Pixels from the picture's left edge; outside, the nearest inside is meant.</param>
    /// <param name="y">Pixels from its upper edge.</param>
    /// <param name="width">Pixels in a row of the picture.</param>
    /// <param name="height">Its rows.</param>
    public int CellAt(double x, double y, int width, int height)
    {
        int row = (int)(Position(y, height, ModelHeight, PictureRows) + 0.5), column = (int)(Position(x, width, ModelWidth, PictureColumns) + 0.5);
        return (row * Columns) + column;
    }

    /// <summary>A map enlarged to a picture: bilinear between the cells' centres, even beyond the outermost.</summary>
    /// <param name="map">[Rows, Columns]; cells of padding are not read.</param>
    /// <param name="width">Pixels in a row of the picture; at least 1.</param>
    /// <param name="height">Its rows; at least 1.</param>
    /// <returns>[height, width].</returns>
    /// <exception cref="ArgumentException">The map does not have Rows · Columns values.</exception>
    public float[] Enlarge(ReadOnlySpan<float> map, int width, int height)
    {
        Require(map);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        (int Cell, float Share)[] across = [.. Enumerable.Range(0, width).Select(x => Between(Position(x + 0.5, width, ModelWidth, PictureColumns)))];
        float[] result = new float[checked(width * height)];
        for (int y = 0; y < height; y++)
        {
            (int row, float down) = Between(Position(y + 0.5, height, ModelHeight, PictureRows));
            ReadOnlySpan<float> upper = map.Slice(row * Columns, PictureColumns), lower = map.Slice(Math.Min(row + 1, PictureRows - 1) * Columns, PictureColumns);
            Span<float> line = result.AsSpan(y * width, width);
            for (int x = 0; x < width; x++)
            {
                (int left, float share) = across[x];
                int right = Math.Min(left + 1, PictureColumns - 1);
                line[x] = float.Lerp(float.Lerp(upper[left], upper[right], share), float.Lerp(lower[left], lower[right], share), down);
            }
        }

        return result;
    }

    /// <summary>Whether a map is one of this placement.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    internal void Require(ReadOnlySpan<float> map)
    {
        if (map.Length != (long)Rows * Columns)
        {
            throw new ArgumentException($"A map of {Rows} × {Columns} cells does not have {map.Length} values.", nameof(map));
        }
    }

    private static int Cells(int pixels, int stride) => (int)(((long)pixels + stride - 1) / stride);

    /// <summary>Where a point lies among the centres of a line's cells, from 0 to the last one that is not padding.</summary>
    private double Position(double pixel, int pixels, int modelPixels, int cells)
        => Math.Clamp(((pixel * modelPixels / pixels) - 0.5) / Stride, 0, cells - 1);

    private static (int Cell, float Share) Between(double position) => ((int)position, (float)(position - Math.Floor(position)));
}
