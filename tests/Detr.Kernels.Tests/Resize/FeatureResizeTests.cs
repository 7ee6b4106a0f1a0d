namespace Detr.Kernels.Tests;

public sealed class FeatureResizeTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1)]
    [InlineData(2, 3, 4, 6, 8, 5)]
    [InlineData(1, 7, 5, 3, 11, 1)]
    [InlineData(2, 9, 13, 4, 3, 33)]
    [InlineData(3, 25, 34, 50, 67, 8)]
    [InlineData(1, 2, 2, 1, 300, 3)]
    public void Both_ways_follow_the_formula_and_their_gradients_are_the_transpose(int batch, int height, int width, int newHeight, int newWidth, int channels)
    {
        using WorkerPool pool = new(3);
        Random random = new(height);
        (int, int) from = (height, width), to = (newHeight, newWidth);
        float[] x = Numbers.Uniform(random, batch * height * width * channels), dy = Numbers.Uniform(random, batch * newHeight * newWidth * channels);
        float[] nearest = new float[dy.Length], bilinear = Numbers.Uniform(random, dy.Length), dNearest = Numbers.Uniform(random, x.Length), dBilinear = Numbers.Uniform(random, x.Length);

        FeatureResize.Nearest(pool, x, batch, from, nearest, to, channels);
        FeatureResize.Bilinear(pool, x, batch, from, bilinear, to, channels);
        FeatureResize.NearestBackward(pool, dy, batch, from, dNearest, to, channels);
        FeatureResize.BilinearBackward(pool, dy, batch, from, dBilinear, to, channels);

        double[] expectedNearest = new double[dy.Length], expectedBilinear = new double[dy.Length], gradientNearest = new double[x.Length], gradientBilinear = new double[x.Length];
        for (int i = 0; i < dy.Length; i++)
        {
            int c = i % channels, column = i / channels % newWidth, row = i / channels / newWidth % newHeight, b = i / channels / newWidth / newHeight;
            int cell = Place(b, row * height / newHeight, column * width / newWidth, c);
            expectedNearest[i] = x[cell];
            gradientNearest[cell] += dy[i];
            double y = Math.Max(0, ((row + 0.5) * height / newHeight) - 0.5), z = Math.Max(0, ((column + 0.5) * width / newWidth) - 0.5);
            for (int corner = 0; corner < 4; corner++)
            {
                int down = corner / 2, right = corner % 2;
                double weight = (down == 1 ? y % 1 : 1 - (y % 1)) * (right == 1 ? z % 1 : 1 - (z % 1));
                cell = Place(b, Math.Min((int)y + down, height - 1), Math.Min((int)z + right, width - 1), c);
                expectedBilinear[i] += weight * x[cell];
                gradientBilinear[cell] += weight * dy[i];
            }
        }

        Numbers.AssertClose(FiniteDifferences.ToFloats(expectedNearest), nearest, 0);
        Numbers.AssertClose(FiniteDifferences.ToFloats(gradientNearest), dNearest, Math.Max(1, dy.Length / x.Length));
        Numbers.AssertClose(FiniteDifferences.ToFloats(expectedBilinear), bilinear, 400);
        Numbers.AssertClose(FiniteDifferences.ToFloats(gradientBilinear), dBilinear, 400 + (dy.Length / x.Length * 10));

        int Place(int b, int row, int column, int c) => (((((b * height) + row) * width) + column) * channels) + c;
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentException>(() => FeatureResize.Bilinear(pool, new float[11], 1, (2, 2), new float[27], (3, 3), 3));
        Assert.Throws<ArgumentException>(() => FeatureResize.Nearest(pool, new float[12], 1, (2, 2), new float[26], (3, 3), 3));
        Assert.Throws<ArgumentException>(() => FeatureResize.BilinearBackward(pool, new float[26], 1, (2, 2), new float[12], (3, 3), 3));
        Assert.Throws<ArgumentException>(() => FeatureResize.NearestBackward(pool, [], 1, (2, 2), new float[12], (0, 3), 3));
    }
}
