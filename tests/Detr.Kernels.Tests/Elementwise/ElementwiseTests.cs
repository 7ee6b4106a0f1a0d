namespace Detr.Kernels.Tests;

public sealed class ElementwiseTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(33)]
    [InlineData(70_001)]
    public void Arithmetic_is_that_of_single_elements(int length)
    {
        using WorkerPool pool = new(3);
        Random random = new(length);
        float[] a = Numbers.Uniform(random, length), b = Numbers.Uniform(random, length), y = new float[length];

        Elementwise.Add(pool, a, b, y);
        Assert.Equal(a.Zip(b, (p, q) => p + q), y);
        Elementwise.Subtract(pool, a, b, y);
        Assert.Equal(a.Zip(b, (p, q) => p - q), y);
        Elementwise.Multiply(pool, a, b, y);
        Assert.Equal(a.Zip(b, (p, q) => p * q), y);
        Elementwise.Divide(pool, a, b, y);
        Assert.Equal(a.Zip(b, (p, q) => p / q), y);
        Elementwise.Scale(pool, 0.3f, a, y);
        Assert.Equal(a.Select(p => p * 0.3f), y);

        b.CopyTo(y, 0);
        Elementwise.AddScaled(pool, -0.7f, a, y);
        Numbers.AssertClose([.. a.Zip(b, (p, q) => q - (0.7f * p))], y, 2);
    }

    [Fact]
    public void Operands_of_other_lengths_are_refused()
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentException>(() => Elementwise.Add(pool, new float[3], new float[4], new float[4]));
        Assert.Throws<ArgumentException>(() => Elementwise.Add(pool, new float[4], new float[4], new float[3]));
        Assert.Throws<ArgumentException>(() => Elementwise.AddScaled(pool, 1f, new float[3], new float[4]));
    }
}
