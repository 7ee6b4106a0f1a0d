namespace Detr.Kernels.Tests;

/// <summary>Products of bytes against their plain twin: integers leave no room for tolerance.</summary>
public sealed class QuantizedConvolutionTests
{
    public static TheoryData<ConvolutionShape> Shapes { get; } =
    [
        new ConvolutionShape(1, 1, 1, 1, 1, 1, 1),
        new ConvolutionShape(1, 1, 7, 16, 32, 1, 1),
        new ConvolutionShape(2, 9, 11, 32, 40, 1, 1),
        new ConvolutionShape(1, 5, 5, 24, 7, 1, 1),
        new ConvolutionShape(1, 30, 40, 64, 96, 1, 1),
        new ConvolutionShape(2, 9, 8, 16, 24, 1, 1) { Stride = 2 },
        new ConvolutionShape(1, 13, 17, 3, 33, 7, 7) { Stride = 2, Padding = 3 },
        new ConvolutionShape(2, 10, 9, 32, 35, 3, 3) { Padding = 1 },
        new ConvolutionShape(1, 12, 15, 16, 16, 3, 3) { Stride = 2, Padding = 1 },
        new ConvolutionShape(1, 11, 6, 20, 9, 3, 3) { Padding = 2, Dilation = 2 },
        new ConvolutionShape(1, 3, 2, 128, 64, 3, 3) { Padding = 1 },
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Fast_and_plain_agree_to_the_byte(ConvolutionShape shape)
    {
        Random random = new(shape.Height + shape.OutputChannels);
        QuantizedKernel kernel = QuantizedKernel.Quantize(shape, Numbers.Uniform(random, shape.WeightLength));
        byte[] x = Bytes(random, shape.InputLength, QuantizedKernel.LargestInput), residual = Bytes(random, shape.OutputLength, 255);
        float[] scale = Array.ConvertAll(Numbers.Uniform(random, shape.OutputChannels), value => value * 0.05f / MathF.Sqrt(shape.Depth));
        float[] bias = Array.ConvertAll(Numbers.Uniform(random, shape.OutputChannels), value => (value * 30) + 60);
        PackedQuantizedKernel packed = new(kernel);
        foreach (int threads in new[] { 1, 3 })
        {
            using WorkerPool pool = new(threads);
            foreach (bool adds in new[] { false, true })
            {
                byte[] expected = new byte[shape.OutputLength], actual = adds ? [.. residual] : new byte[shape.OutputLength];
                QuantizedConvolution.ForwardScalar(shape, x, 64, kernel, expected, Epilogue(adds ? residual : []));
                QuantizedConvolution.Forward(pool, shape, x, 64, packed, actual, Epilogue(adds ? actual : []));

                Assert.Equal(expected, actual);
            }
        }

        QuantizedEpilogue Epilogue(byte[] added) => new() { Scale = scale, Bias = bias, Residual = added, ResidualScale = 0.7f, Maximum = 127 };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void The_largest_sums_that_weights_may_have_do_not_overflow(int sign)
    {
        using WorkerPool pool = new(1);
        ConvolutionShape shape = new(1, 3, 5, 64, 32, 1, 1);
        sbyte[] values = new sbyte[shape.WeightLength];
        for (int i = 0; i < values.Length; i++)
        {
            // Two of the eight weights that meet in 16 bits are the largest, and the rest is what is left below the limit.
            int place = (i % 16 / 4 * 2) + (i % 2);
            values[i] = (sbyte)(sign * (place < 2 ? QuantizedKernel.LargestWeight : place == 2 ? QuantizedKernel.LargestSum - (2 * QuantizedKernel.LargestWeight) : 0));
        }

        float[] scales = new float[32], bias = new float[32];
        scales.AsSpan().Fill(1f);
        QuantizedKernel kernel = new(shape, values, scales);
        byte[] x = new byte[shape.InputLength], expected = new byte[shape.OutputLength], actual = new byte[shape.OutputLength];
        x.AsSpan().Fill(QuantizedKernel.LargestInput);
        scales.AsSpan().Fill(sign * 0.0005f);
        QuantizedEpilogue Epilogue() => new() { Scale = scales, Bias = bias, Maximum = 255 };

        QuantizedConvolution.ForwardScalar(shape, x, 0, kernel, expected, Epilogue());
        QuantizedConvolution.Forward(pool, shape, x, 0, new PackedQuantizedKernel(kernel), actual, Epilogue());

        Assert.Equal(expected, actual);
        Assert.Equal((byte)MathF.Round(8 * QuantizedKernel.LargestSum * QuantizedKernel.LargestInput * 0.0005f), actual[0]);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);
        ConvolutionShape shape = new(1, 4, 4, 16, 8, 1, 1);
        PackedQuantizedKernel kernel = new(QuantizedKernel.Quantize(shape, new float[shape.WeightLength]));
        float[] eight = new float[8];

        Assert.Throws<ArgumentException>(() => Run(shape, new byte[255], new byte[128], eight));
        Assert.Throws<ArgumentException>(() => Run(shape, new byte[256], new byte[127], eight));
        Assert.Throws<ArgumentException>(() => Run(shape, new byte[256], new byte[128], new float[7]));
        Assert.Throws<ArgumentException>(() => Run(shape with { Stride = 2 }, new byte[256], new byte[128], eight));

        void Run(ConvolutionShape convolution, byte[] x, byte[] y, float[] scale)
            => QuantizedConvolution.Forward(pool, convolution, x, 0, kernel, y, new QuantizedEpilogue { Scale = scale, Bias = scale, Maximum = 127 });
    }

    internal static byte[] Bytes(Random random, int length, int largest)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)random.Next(largest + 1);
        }

        return bytes;
    }
}
