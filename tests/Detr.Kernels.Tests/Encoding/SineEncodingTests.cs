namespace Detr.Kernels.Tests;

/// <summary>The encoding of coordinates against the formula in double precision and finite differences of it.</summary>
public sealed class SineEncodingTests : IDisposable
{
    private readonly WorkerPool _pool = new(3);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(0, 2, new[] { 1, 0 }, 8)]
    [InlineData(1, 2, new[] { 1, 0 }, 128)]
    [InlineData(300, 4, new[] { 1, 0, 2, 3 }, 128)]
    [InlineData(13, 4, new[] { 0, 1, 2, 3 }, 6)]
    [InlineData(5, 4, new[] { 3, 3, 1 }, 2)]
    [InlineData(7, 1, new int[0], 8)]
    public void Values_and_gradients_are_those_of_the_formula(int points, int coordinates, int[] order, int channels)
    {
        Random random = new(points);
        float[] wavelengths = Wavelengths(channels), x = Array.ConvertAll(Numbers.Uniform(random, points * coordinates), value => (value + 1) / 2);
        float[] y = new float[points * order.Length * channels], dy = Numbers.Uniform(random, y.Length), dx = new float[x.Length];
        dx.AsSpan().Fill(float.NaN);
        SineEncoding.Forward(_pool, x, coordinates, order, wavelengths, y);
        SineEncoding.Backward(_pool, y, coordinates, order, wavelengths, dy, dx);

        double[] expected = Plain(FiniteDifferences.ToDoubles(x), coordinates, order, wavelengths);
        Numbers.AssertClose(FiniteDifferences.ToFloats(expected), y, 4);
        if (points < 20)
        {
            FiniteDifferences.AssertGradient(at => Plain(at, coordinates, order, wavelengths), x, dy, dx);
        }

        using WorkerPool one = new(1);
        float[] again = new float[dx.Length];
        SineEncoding.Backward(one, y, coordinates, order, wavelengths, dy, again);
        Assert.Equal(dx, again);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SineEncoding.Forward(_pool, new float[5], 2, [0], new float[4], new float[8]));
        Assert.Throws<ArgumentException>(() => SineEncoding.Forward(_pool, new float[4], 2, [0], new float[4], new float[7]));
        Assert.Throws<ArgumentException>(() => SineEncoding.Forward(_pool, new float[4], 2, [0], new float[3], new float[6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SineEncoding.Forward(_pool, new float[4], 2, [2], new float[4], new float[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SineEncoding.Forward(_pool, new float[4], 2, [-1], new float[4], new float[8]));
        Assert.Throws<ArgumentException>(() => SineEncoding.Backward(_pool, new float[8], 2, [0], new float[4], new float[7], new float[4]));
    }

    private static float[] Wavelengths(int channels)
        => [.. Enumerable.Range(0, channels).Select(channel => (float)Math.Pow(10_000, 2.0 * (channel / 2) / channels))];

    private static double[] Plain(double[] x, int coordinates, int[] order, float[] wavelengths)
        =>
        [
            .. from point in x.Chunk(coordinates)
               from coordinate in order
               from channel in Enumerable.Range(0, wavelengths.Length)
               let angle = 2 * Math.PI * point[coordinate] / wavelengths[channel]
               select channel % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle),
        ];
}
