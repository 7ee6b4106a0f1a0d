namespace Detr.Onnx.Tests.Interpreter;

/// <summary>Operators that read between cells.</summary>
internal static class Sampling
{
    /// <summary>Bilinear samples, zero outside; −1 and 1 are the maps' edges, not the middles of the cells there.</summary>
    internal static Value GridSample(Value maps, Value grid)
    {
        (int batch, int channels, int height, int width) = (maps.Shape[0], maps.Shape[1], maps.Shape[2], maps.Shape[3]);
        (int rows, int columns) = (grid.Shape[1], grid.Shape[2]);
        Assert.Equal([batch, rows, columns, 2], grid.Shape);
        double[] result = new double[batch * channels * rows * columns];
        for (int i = 0; i < result.Length; i++)
        {
            int place = i % (rows * columns), map = i / (rows * columns), at = 2 * ((map / channels * rows * columns) + place);
            double x = (((grid.Elements[at] + 1) * width) - 1) / 2, y = (((grid.Elements[at + 1] + 1) * height) - 1) / 2;
            for (int corner = 0; corner < 4; corner++)
            {
                double column = Math.Floor(x) + (corner % 2), row = Math.Floor(y) + (corner / 2);
                if (column >= 0 && column < width && row >= 0 && row < height)
                {
                    double weight = (1 - Math.Abs(x - column)) * (1 - Math.Abs(y - row));
                    result[i] += weight * maps.Elements[(((map * height) + (int)row) * width) + (int)column];
                }
            }
        }

        return maps with { Shape = [batch, channels, rows, columns], Elements = result };
    }
}
