namespace Detr.Kernels.Tests;

public sealed class ReductionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(100_003)]
    public void Sums_are_those_of_double_precision(int length)
    {
        float[] x = Numbers.Uniform(new Random(length), length);

        Assert.Equal(x.Sum(value => (double)value), Reduction.Sum(x), 1e-3);
        Assert.Equal(x.Sum(value => (double)value * value), Reduction.SumOfSquares(x), 1e-6 * Math.Max(1, length));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(7, 33)]
    [InlineData(129, 31)]
    [InlineData(5000, 4)]
    [InlineData(300, 1025)]
    public void Rows_are_summed_by_column(int rows, int columns)
    {
        using WorkerPool one = new(1), three = new(3);
        float[] x = Numbers.Uniform(new Random(rows), rows * columns), y = Numbers.Uniform(new Random(1), columns), again = new float[columns];
        double[] expected = new double[columns];
        for (int i = 0; i < x.Length; i++)
        {
            expected[i % columns] += x[i];
        }

        Reduction.SumRows(three, x, rows, columns, y);
        Reduction.SumRows(one, x, rows, columns, again);

        Numbers.AssertClose(FiniteDifferences.ToFloats(expected), y, rows);
        Assert.Equal(again, y);
    }

    [Fact]
    public void A_million_rows_lose_no_digits()
    {
        using WorkerPool pool = new(2);
        float[] x = new float[1_000_000], y = new float[1];
        Array.Fill(x, 0.1f);

        Reduction.SumRows(pool, x, x.Length, 1, y);

        Assert.Equal(100_000f, y[0], 0.5f);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentException>(() => Reduction.SumRows(pool, new float[5], 2, 3, new float[3]));
        Assert.Throws<ArgumentException>(() => Reduction.SumRows(pool, new float[6], 2, 3, new float[2]));
    }
}
