namespace Detr.Kernels.Tests.Conv;

/// <summary>Convolutions of so many cells that rows fall into several blocks, with weights packed and as they stand.</summary>
public sealed class ManyRowsConvolutionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void Packed_and_plain_weights_give_what_the_twin_gives(int kernel, int stride)
    {
        ConvolutionShape shape = new(2, 46, 41, 9, 37, kernel, kernel) { Stride = stride, Padding = kernel / 2 };
        float[] x = Numbers(shape.InputLength, 1), weight = Numbers(shape.WeightLength, 2), expected = new float[shape.OutputLength];
        ConvolutionReference.Forward(shape, x, weight, expected);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using WorkerPool pool = new(threads);
            float[] packed = new float[shape.OutputLength], plain = new float[shape.OutputLength];
            Convolution.Forward(pool, shape, x, PackedConvolution.Pack(pool, shape, weight), packed);
            Convolution.Forward(pool, shape, x, weight, plain);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], packed[i], 1e-4f);
                Assert.Equal(expected[i], plain[i], 1e-4f);
            }
        }
    }

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
