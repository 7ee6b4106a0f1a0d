namespace Detr.Kernels.Tests;

public sealed class ShiftedExponentialTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(30_001)]
    public void Values_and_their_sum_are_those_of_the_library(int count)
    {
        float[] x = new float[count], y = new float[count];
        for (int i = 0; i < count; i++)
        {
            x[i] = 2f - (i * 87f / Math.Max(count, 1));
        }

        float sum = ShiftedExponential.Execute(x, 2f, y);
        double expected = 0;
        for (int i = 0; i < count; i++)
        {
            double value = Math.Exp((double)x[i] - 2f);
            expected += value;
            Assert.Equal(1, y[i] / value, 2.5e-7);
        }

        Assert.Equal(expected, sum, 5e-6 * expected);
    }

    [Fact]
    public void What_is_too_small_is_0_and_what_is_no_number_stays_so()
    {
        float[] x = [0f, -87.4f, -1e30f, float.NegativeInfinity, -0f, -1f, 0f, 0f, float.NegativeInfinity], y = new float[x.Length];
        ShiftedExponential.Execute(x, 0f, y);
        Assert.Equal([1f, 0f, 0f, 0f, 1f, MathF.Exp(-1f), 1f, 1f, 0f], y);
        Assert.True(float.IsNaN(ShiftedExponential.Execute([0f, float.NaN], 0f, y.AsSpan(0, 2))));
        Assert.Equal(1f, y[0]);
        Assert.True(float.IsNaN(y[1]));
    }

    [Theory]
    [InlineData(0, float.NegativeInfinity)]
    [InlineData(3, 3f)]
    [InlineData(100, 100f)]
    public void The_largest_is_found_wherever_it_stands(int count, float largest)
    {
        float[] x = [.. Enumerable.Range(1, count).Select(i => (float)i)];
        new Random(count).Shuffle(x);
        Assert.Equal(largest, ShiftedExponential.Largest(x));
    }
}
