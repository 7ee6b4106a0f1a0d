namespace Detr.Kernels.Tests;

public sealed class ByteRoundingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(100_003)]
    public void Numbers_come_back_within_half_a_step(int length)
    {
        using WorkerPool pool = new(2);
        float[] x = Array.ConvertAll(Numbers.Uniform(new Random(length), length), value => value * 6.3f), back = new float[length];
        byte[] bytes = new byte[length];

        ByteRounding.Quantize(pool, x, 0.1f, 64, 127, bytes);
        ByteRounding.Dequantize(pool, bytes, 0.1f, 64, back);

        for (int i = 0; i < length; i++)
        {
            Assert.InRange(back[i], x[i] - 0.0501f, x[i] + 0.0501f);
        }
    }

    [Fact]
    public void Numbers_out_of_range_become_the_nearest_in_it()
    {
        using WorkerPool pool = new(1);
        float[] x = [-100f, 100f, float.NaN, float.NegativeInfinity, float.PositiveInfinity, 0.25f, 0f, -0.05f, .. new float[24]];
        byte[] bytes = new byte[32];

        ByteRounding.Quantize(pool, x, 0.1f, 10, 127, bytes);

        Assert.Equal([0, 127, 0, 0, 127, 12, 10, 10], bytes[..8]);
        Assert.Throws<ArgumentException>(() => ByteRounding.Quantize(pool, x, 0.1f, 10, 127, new byte[31]));
    }
}
