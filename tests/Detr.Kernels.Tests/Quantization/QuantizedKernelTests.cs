namespace Detr.Kernels.Tests;

public sealed class QuantizedKernelTests
{
    [Theory]
    [InlineData(64, 1)]
    [InlineData(3, 7)]
    [InlineData(16, 3)]
    public void Weights_are_rounded_to_the_nearest_step_of_their_channel(int inputs, int side)
    {
        ConvolutionShape shape = new(0, 0, 0, inputs, 5, side, side);
        float[] weight = Numbers.Uniform(new Random(inputs), shape.WeightLength);
        weight.AsSpan(0, shape.WeightLength / 5).Clear();

        QuantizedKernel kernel = QuantizedKernel.Quantize(shape, weight);

        for (int i = 0; i < weight.Length; i++)
        {
            float scale = kernel.Scales[i / (weight.Length / 5)];
            Assert.InRange(kernel.Values[i] * scale, weight[i] - (scale * 0.501f), weight[i] + (scale * 0.501f));
        }

        Assert.All(kernel.Sums()[..1], sum => Assert.Equal(0, sum));
        Assert.Equal(shape with { Batch = 0 }, kernel.Shape);
    }

    [Fact]
    public void Weights_that_are_all_large_get_a_coarser_scale()
    {
        ConvolutionShape shape = new(0, 0, 0, 32, 1, 1, 1);
        float[] weight = new float[32];
        weight.AsSpan().Fill(1f);

        QuantizedKernel kernel = QuantizedKernel.Quantize(shape, weight);

        // Eight equal weights may sum up to 258.
        Assert.All(kernel.Values.ToArray(), value => Assert.Equal(QuantizedKernel.LargestSum / 8, value));
    }

    [Fact]
    public void Weights_that_could_overflow_or_mean_nothing_are_refused()
    {
        ConvolutionShape shape = new(0, 0, 0, 16, 1, 1, 1);
        sbyte[] large = new sbyte[16];
        large.AsSpan().Fill(100);

        Assert.Throws<ArgumentException>(() => new QuantizedKernel(shape, large, [1f]));
        Assert.Throws<ArgumentException>(() => new QuantizedKernel(shape, new sbyte[16], [0f]));
        Assert.Throws<ArgumentException>(() => new QuantizedKernel(shape, new sbyte[16], [float.NaN]));
        Assert.Throws<ArgumentException>(() => new QuantizedKernel(shape, new sbyte[15], [1f]));
        Assert.Throws<ArgumentException>(() => QuantizedKernel.Quantize(shape, new float[15]));
        Assert.Throws<ArgumentException>(() => QuantizedKernel.Quantize(shape, [float.PositiveInfinity, .. new float[15]]));
    }
}
