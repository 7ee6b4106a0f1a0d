namespace Detr.Kernels.Tests;

public sealed class ConvolutionTests
{
    /// <summary>Every kind of layer a ResNet has, small; then odd ones.</summary>
    public static TheoryData<ConvolutionShape> Shapes => new()
    {
        new ConvolutionShape(2, 17, 23, 3, 20, 7, 7) { Stride = 2, Padding = 3 },
        new ConvolutionShape(1, 20, 40, 5, 7, 5, 5) { Padding = 2 },
        new ConvolutionShape(1, 9, 50, 3, 4, 3, 7) { Padding = 4 },
        new ConvolutionShape(1, 14, 11, 40, 33, 3, 3) { Padding = 1 },
        new ConvolutionShape(2, 13, 14, 16, 24, 3, 3) { Stride = 2, Padding = 1 },
        new ConvolutionShape(1, 12, 12, 20, 17, 3, 3) { Padding = 2, Dilation = 2 },
        new ConvolutionShape(2, 9, 10, 36, 65, 1, 1),
        new ConvolutionShape(2, 9, 10, 36, 65, 1, 1) { Stride = 2 },
        new ConvolutionShape(1, 1, 1, 1, 1, 1, 1),
        new ConvolutionShape(1, 1, 1, 5, 3, 3, 3) { Padding = 1 },
        new ConvolutionShape(3, 5, 40, 1, 1, 2, 3) { Padding = 2 },
        new ConvolutionShape(1, 30, 2, 7, 9, 4, 1) { Stride = 3, Padding = 1, Dilation = 2 },
        new ConvolutionShape(1, 8, 8, 300, 5, 3, 3) { Stride = 4, Padding = 1 },
        new ConvolutionShape(1, 10, 9, 8, 8, 1, 1) { Padding = 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_pass_equals_its_plain_twin(ConvolutionShape shape) => Compare(shape, new Random(shape.Depth));

    [Fact]
    public void Every_pass_equals_its_plain_twin_on_random_shapes()
    {
        Random random = new(77);
        for (int i = 0; i < 40; i++)
        {
            ConvolutionShape shape = new(
                random.Next(1, 4), random.Next(1, 20), random.Next(1, 20), random.Next(1, 40), random.Next(1, 40), random.Next(1, 5), random.Next(1, 5))
            {
                Stride = random.Next(1, 4),
                Padding = random.Next(0, 4),
                Dilation = random.Next(1, 3),
            };
            if (shape.OutputHeight > 0 && shape.OutputWidth > 0)
            {
                Compare(shape, random);
            }
        }
    }

    [Fact]
    public void Applies_the_epilogue()
    {
        ConvolutionShape shape = new(1, 9, 8, 6, 10, 3, 3) { Padding = 1 };
        (float[] expected, float[] actual) = ConvolutionChecks.WithEpilogue(shape, new Random(4));
        Numbers.AssertClose(expected, actual, shape.Depth);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
        => ConvolutionChecks.AssertThreadsChangeNothing(new ConvolutionShape(2, 25, 21, 40, 50, 3, 3) { Stride = 2, Padding = 1 });

    [Fact]
    public void Impossible_shapes_and_short_operands_are_refused()
    {
        using WorkerPool pool = new(1);
        ConvolutionShape shape = new(1, 4, 4, 2, 3, 3, 3);
        float[] x = new float[shape.InputLength], weight = new float[shape.WeightLength], y = new float[shape.OutputLength];

        Assert.Throws<ArgumentException>(() => Convolution.Forward(pool, shape with { Height = 2 }, x, weight, y));
        Assert.Throws<ArgumentException>(() => Convolution.Forward(pool, shape with { Dilation = 3 }, x, weight, y));
        Assert.Throws<ArgumentException>(() => Convolution.Forward(pool, shape, x.AsSpan(1), weight, y));
        Assert.Throws<ArgumentException>(() => Convolution.Forward(pool, shape, x, weight.AsSpan(1), y));
        Assert.Throws<ArgumentException>(() => Convolution.Forward(pool, shape, x, weight, y.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => Convolution.BackwardInput(pool, shape, y, weight, x.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => Convolution.BackwardWeight(pool, shape, x, y, weight.AsSpan(1)));
        PackedConvolution packed = PackedConvolution.Pack(pool, shape, weight);
        Assert.Throws<ArgumentException>(() => Convolution.Forward(pool, shape with { OutputChannels = 2 }, x, packed, y));
        Assert.Throws<ArgumentException>(() => packed.Repack(pool, shape with { InputChannels = 1 }, weight));
    }

    private static void Compare(in ConvolutionShape shape, Random random)
    {
        using WorkerPool pool = new(2);
        float[] x = Numbers.Uniform(random, shape.InputLength), weight = Numbers.Uniform(random, shape.WeightLength);
        float[] dy = Numbers.Uniform(random, shape.OutputLength);
        float[] expected = new float[shape.OutputLength], actual = Numbers.Uniform(random, shape.OutputLength);
        ConvolutionReference.Forward(shape, x, weight, expected);
        Convolution.Forward(pool, shape, x, weight, actual);
        Numbers.AssertClose(expected, actual, shape.Depth);
        Convolution.Forward(pool, shape, x, PackedConvolution.Pack(pool, shape, weight), actual);
        Numbers.AssertClose(expected, actual, shape.Depth);

        float[] expectedX = new float[shape.InputLength], actualX = Numbers.Uniform(random, shape.InputLength);
        ConvolutionReference.BackwardInput(shape, dy, weight, expectedX);
        Convolution.BackwardInput(pool, shape, dy, weight, actualX);
        Numbers.AssertClose(expectedX, actualX, shape.OutputChannels * shape.KernelHeight * shape.KernelWidth);

        float[] expectedWeight = new float[shape.WeightLength], actualWeight = Numbers.Uniform(random, shape.WeightLength);
        ConvolutionReference.BackwardWeight(shape, x, dy, expectedWeight);
        Convolution.BackwardWeight(pool, shape, x, dy, actualWeight);
        Numbers.AssertClose(expectedWeight, actualWeight, shape.Batch * shape.OutputHeight * shape.OutputWidth);
    }
}
