namespace Detr.Kernels.Tests.Conv;

/// <summary>Convolutions that go by Winograd's algorithm, against the definition.</summary>
public sealed class WinogradTests
{
    /// <summary>The largest rounding error allowed, as a share of the result's root mean square: some hundred units in the last place.</summary>
    private const double Tolerance = 2e-5;

    public static TheoryData<ConvolutionShape> Shapes => new()
    {
        new ConvolutionShape(2, 16, 16, 32, 32, 3, 3) { Padding = 1 },
        new ConvolutionShape(1, 17, 23, 40, 72, 3, 3) { Padding = 1 },
        new ConvolutionShape(3, 19, 18, 16, 24, 3, 3),
        new ConvolutionShape(1, 21, 15, 24, 16, 3, 3) { Padding = 2 },
        new ConvolutionShape(16, 4, 4, 64, 48, 3, 3) { Padding = 1 },
        new ConvolutionShape(1, 26, 22, 104, 136, 3, 3),
        new ConvolutionShape(2, 70, 120, 16, 16, 3, 3) { Padding = 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_pass_equals_its_plain_twin(ConvolutionShape shape)
    {
        Random random = new(shape.Depth);
        float[] x = Numbers.Uniform(random, shape.InputLength), weight = Numbers.Uniform(random, shape.WeightLength), dy = Numbers.Uniform(random, shape.OutputLength);
        float[] y = new float[shape.OutputLength], dx = new float[shape.InputLength], dWeight = new float[shape.WeightLength];
        ConvolutionReference.Forward(shape, x, weight, y);
        ConvolutionReference.BackwardInput(shape, dy, weight, dx);
        ConvolutionReference.BackwardWeight(shape, x, dy, dWeight);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using WorkerPool pool = new(threads);
            float[] actualY = Numbers.Uniform(random, y.Length), actualX = Numbers.Uniform(random, dx.Length), actualWeight = Numbers.Uniform(random, dWeight.Length);
            Convolution.Forward(pool, shape, x, weight, actualY);
            AssertClose(y, actualY);
            Convolution.Forward(pool, shape, x, PackedConvolution.Pack(pool, shape, weight), actualY);
            AssertClose(y, actualY);
            Convolution.BackwardInput(pool, shape, dy, weight, actualX);
            AssertClose(dx, actualX);
            Convolution.BackwardWeight(pool, shape, x, dy, actualWeight);
            AssertClose(dWeight, actualWeight);
        }
    }

    [Fact]
    public void Applies_the_epilogue_inside_and_at_the_edge()
    {
        (float[] expected, float[] actual) = ConvolutionChecks.WithEpilogue(new ConvolutionShape(2, 14, 19, 16, 40, 3, 3) { Padding = 1 }, new Random(9));
        AssertClose(expected, actual);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
        => ConvolutionChecks.AssertThreadsChangeNothing(new ConvolutionShape(3, 25, 21, 40, 48, 3, 3) { Padding = 1 });

    private static void AssertClose(float[] expected, float[] actual)
    {
        double allowed = Tolerance * Math.Sqrt(expected.Average(value => (double)value * value));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"Element {i} is {actual[i]}, not {expected[i]}; {allowed:G2} is allowed.");
        }
    }
}
