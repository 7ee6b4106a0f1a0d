namespace Detr.Kernels.Tests;

public sealed class MaxPoolingTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 3, 2, 1)]
    [InlineData(2, 7, 9, 5, 3, 2, 1)]
    [InlineData(1, 8, 6, 33, 2, 2, 0)]
    [InlineData(3, 40, 30, 64, 3, 2, 1)]
    [InlineData(1, 5, 5, 3, 5, 1, 2)]
    public void Each_window_gives_its_largest_value_and_takes_its_gradient(int batch, int height, int width, int channels, int kernel, int stride, int padding)
    {
        using WorkerPool pool = new(3);
        Random random = new(height);
        PoolingShape shape = new(batch, height, width, channels, kernel, stride, padding);
        int outputs = batch * shape.OutputHeight * shape.OutputWidth * channels;
        float[] x = Numbers.Uniform(random, batch * height * width * channels), dy = Numbers.Uniform(random, outputs);
        float[] y = new float[outputs], unstored = new float[outputs], dx = Numbers.Uniform(random, x.Length);
        int[] positions = new int[outputs];

        MaxPooling.Forward(pool, shape, x, y, positions);
        MaxPooling.Forward(pool, shape, x, unstored, []);
        MaxPooling.Backward(pool, shape, dy, positions, dx);

        int[] expected = Plain(shape, x);
        double[] gradient = new double[x.Length];
        for (int i = 0; i < outputs; i++)
        {
            gradient[expected[i]] += dy[i];
        }

        Assert.Equal(expected, positions);
        Assert.Equal(Array.ConvertAll(expected, place => x[place]), y);
        Assert.Equal(y, unstored);
        byte[] bytes = Array.ConvertAll(x, value => (byte)((value + 1) * 100)), largest = new byte[outputs];
        MaxPooling.Forward(pool, shape, bytes, largest);
        Assert.Equal(Array.ConvertAll(y, value => (byte)((value + 1) * 100)), largest);
        Numbers.AssertClose(FiniteDifferences.ToFloats(gradient), dx, kernel * kernel);
    }

    [Theory]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void A_window_without_a_number_keeps_a_place_of_its_own(float value)
    {
        using WorkerPool pool = new(1);
        PoolingShape shape = new(1, 3, 3, 9, 3, 2, 1);
        float[] x = new float[81], y = new float[36], unstored = new float[36], dx = new float[81];
        int[] positions = new int[36];
        Array.Fill(x, value);
        Array.Fill(positions, int.MaxValue);

        MaxPooling.Forward(pool, shape, x, y, positions);
        MaxPooling.Forward(pool, shape, x, unstored, []);
        MaxPooling.Backward(pool, shape, y, positions, dx);

        Assert.All(y, got => Assert.Equal(value, got));
        Assert.All(unstored, got => Assert.Equal(value, got));
        Assert.All(positions, place => Assert.InRange(place, 0, 80));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);
        PoolingShape shape = new(1, 4, 4, 2, 2, 2, 0);

        Assert.Throws<ArgumentException>(() => MaxPooling.Forward(pool, shape, new float[31], new float[8], []));
        Assert.Throws<ArgumentException>(() => MaxPooling.Forward(pool, shape, new float[32], new float[7], []));
        Assert.Throws<ArgumentException>(() => MaxPooling.Forward(pool, shape, new float[32], new float[8], new int[7]));
        Assert.Throws<ArgumentException>(() => MaxPooling.Forward(pool, shape with { Padding = 2 }, new float[32], new float[32], []));
        Assert.Throws<ArgumentException>(() => MaxPooling.Forward(pool, shape with { Stride = 0 }, new float[32], new float[32], []));
        Assert.Throws<ArgumentException>(() => MaxPooling.Backward(pool, shape, new float[8], new int[7], new float[32]));
        Assert.Throws<ArgumentException>(() => MaxPooling.Backward(pool, shape, new float[8], [32, 0, 0, 0, 0, 0, 0, 0], new float[32]));
    }

    private static int[] Plain(PoolingShape shape, float[] x)
    {
        List<int> places = [];
        for (int b = 0; b < shape.Batch; b++)
        {
            for (int i = 0; i < shape.OutputHeight; i++)
            {
                for (int j = 0; j < shape.OutputWidth; j++)
                {
                    for (int c = 0; c < shape.Channels; c++)
                    {
                        int best = -1;
                        for (int p = 0; p < shape.Kernel * shape.Kernel; p++)
                        {
                            int row = (i * shape.Stride) + (p / shape.Kernel) - shape.Padding, column = (j * shape.Stride) + (p % shape.Kernel) - shape.Padding;
                            int place = (((((b * shape.Height) + row) * shape.Width) + column) * shape.Channels) + c;
                            bool inside = row >= 0 && row < shape.Height && column >= 0 && column < shape.Width;
                            best = inside && (best < 0 || x[place] > x[best]) ? place : best;
                        }

                        places.Add(best);
                    }
                }
            }
        }

        return [.. places];
    }
}
