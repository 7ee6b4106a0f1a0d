namespace Detr.Kernels.Tests;

public sealed class SoftmaxTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(3, 0)]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(6, 31)]
    [InlineData(4, 33)]
    [InlineData(300, 91)]
    public void Values_and_gradients_are_those_of_the_formula(int rows, int columns)
    {
        using WorkerPool pool = new(3);
        Random random = new(rows);
        float[] x = [.. Numbers.Uniform(random, rows * columns).Select(value => value * 5)], dy = Numbers.Uniform(random, x.Length);
        float[] y = new float[x.Length], dx = new float[x.Length], logarithm = new float[x.Length], dxLogarithm = new float[x.Length];

        Softmax.Forward(pool, x, rows, columns, y);
        LogSoftmax.Forward(pool, x, rows, columns, logarithm);
        Softmax.Backward(pool, y, dy, rows, columns, dx);
        LogSoftmax.Backward(pool, logarithm, dy, rows, columns, dxLogarithm);

        double[] expected = Plain(FiniteDifferences.ToDoubles(x), columns);
        Numbers.AssertClose(FiniteDifferences.ToFloats(expected), y, 16);
        Numbers.AssertClose(FiniteDifferences.ToFloats(Array.ConvertAll(expected, Math.Log)), logarithm, 16);
        for (int row = 0; row < (columns == 0 ? 0 : Math.Min(rows, 6)); row++)
        {
            Range range = (row * columns)..((row + 1) * columns);
            FiniteDifferences.AssertGradient(at => Plain(at, columns), x.AsSpan(range), dy.AsSpan(range), dx.AsSpan(range));
            FiniteDifferences.AssertGradient(
                at => Array.ConvertAll(Plain(at, columns), Math.Log), x.AsSpan(range), dy.AsSpan(range), dxLogarithm.AsSpan(range));
        }
    }

    [Fact]
    public void Large_scores_do_not_overflow_and_an_excluded_row_becomes_0()
    {
        using WorkerPool pool = new(1);
        float[] y = new float[6];

        Softmax.Forward(pool, [1e30f, 1e30f, -1e30f, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity], 2, 3, y);

        Assert.Equal([0.5f, 0.5f, 0f, 0f, 0f, 0f], y);
    }

    [Fact]
    public void A_very_unlikely_class_has_a_finite_logarithm()
    {
        using WorkerPool pool = new(1);
        float[] y = new float[2];

        LogSoftmax.Forward(pool, [0f, 500f], 1, 2, y);

        Assert.Equal([-500f, 0f], y);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentException>(() => Softmax.Forward(pool, new float[5], 2, 3, new float[6]));
        Assert.Throws<ArgumentException>(() => Softmax.Backward(pool, new float[6], new float[6], 2, 3, new float[5]));
    }

    private static double[] Plain(double[] x, int columns)
    {
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double sum = 0;
            for (int c = 0; c < columns; c++)
            {
                sum += Math.Exp(x[((i / columns) * columns) + c] - x[i]);
            }

            y[i] = 1 / sum;
        }

        return y;
    }
}
