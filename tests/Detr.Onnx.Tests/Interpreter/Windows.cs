namespace Detr.Onnx.Tests.Interpreter;

/// <summary>Operators that slide a window over rows and columns.</summary>
internal static class Windows
{
    internal static Value Conv(Value x, Value weight, Value bias, Attributes attributes)
    {
        int kernel = attributes.Same("kernel_shape"), stride = attributes.Same("strides"), padding = attributes.Same("pads"), dilation = attributes.Same("dilations");
        (int inputs, int outputs) = (x.Shape[1], weight.Shape[0]);
        Assert.Equal([outputs, inputs, kernel, kernel], weight.Shape);
        Assert.Equal([outputs], bias.Shape);
        return Slide(x, outputs, kernel, stride, padding, dilation, (image, channel, taps) =>
        {
            double sum = bias.Elements[channel];
            for (int input = 0; input < inputs; input++)
            {
                int map = ((image * inputs) + input) * x.Shape[2] * x.Shape[3], taken = ((channel * inputs) + input) * kernel * kernel;
                foreach ((int tap, int pixel) in taps)
                {
                    sum += x.Elements[map + pixel] * weight.Elements[taken + tap];
                }
            }

            return sum;
        });
    }

    internal static Value MaxPool(Value x, Attributes attributes)
    {
        int kernel = attributes.Same("kernel_shape"), stride = attributes.Same("strides"), padding = attributes.Same("pads");
        return Slide(x, x.Shape[1], kernel, stride, padding, 1, (image, channel, taps)
            => taps.Max(tap => x.Elements[(((image * x.Shape[1]) + channel) * x.Shape[2] * x.Shape[3]) + tap.Pixel]));
    }

    /// <summary>Calls a function for each place of the result with the taps that fall into the image.</summary>
    private static Value Slide(
        Value x, int channels, int kernel, int stride, int padding, int dilation, Func<int, int, List<(int Tap, int Pixel)>, double> function)
    {
        (int batch, int height, int width) = (x.Shape[0], x.Shape[2], x.Shape[3]);
        int rows = Places(height), columns = Places(width);
        double[] result = new double[batch * channels * rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                List<(int Tap, int Pixel)> taps = [];
                for (int tap = 0; tap < kernel * kernel; tap++)
                {
                    int y = (row * stride) - padding + (tap / kernel * dilation), z = (column * stride) - padding + (tap % kernel * dilation);
                    if (y >= 0 && y < height && z >= 0 && z < width)
                    {
                        taps.Add((tap, (y * width) + z));
                    }
                }

                for (int map = 0; map < batch * channels; map++)
                {
                    result[(((map * rows) + row) * columns) + column] = function(map / channels, map % channels, taps);
                }
            }
        }

        return x with { Shape = [batch, channels, rows, columns], Elements = result };

        int Places(int size) => ((size + (2 * padding) - (dilation * (kernel - 1)) - 1) / stride) + 1;
    }
}
