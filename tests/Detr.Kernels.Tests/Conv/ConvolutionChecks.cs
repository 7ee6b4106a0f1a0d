namespace Detr.Kernels.Tests;

/// <summary>What holds for a convolution by whichever algorithm.</summary>
internal static class ConvolutionChecks
{
    /// <summary>A convolution with all that an epilogue can do: by the plain twin, then as it is done.</summary>
    internal static (float[] Expected, float[] Actual) WithEpilogue(ConvolutionShape shape, Random random)
    {
        using WorkerPool pool = new(2);
        int channels = shape.OutputChannels;
        float[] x = Numbers.Uniform(random, shape.InputLength), weight = Numbers.Uniform(random, shape.WeightLength);
        float[] scale = Numbers.Uniform(random, channels), bias = Numbers.Uniform(random, channels), residual = Numbers.Uniform(random, shape.OutputLength);
        float[] expected = new float[shape.OutputLength], actual = new float[shape.OutputLength];
        ConvolutionReference.Forward(shape, x, weight, expected);
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = MathF.Max((expected[i] * scale[i % channels]) + bias[i % channels] + residual[i], 0f);
        }

        Convolution.Forward(pool, shape, x, weight, actual, new Epilogue { Scale = scale, Bias = bias, Residual = residual, Activation = Activation.Relu });
        return (expected, actual);
    }

    /// <summary>All three passes give the same bits on one to four threads.</summary>
    internal static void AssertThreadsChangeNothing(ConvolutionShape shape)
    {
        Random random = new(6);
        float[] x = Numbers.Uniform(random, shape.InputLength), weight = Numbers.Uniform(random, shape.WeightLength), dy = Numbers.Uniform(random, shape.OutputLength);
        float[]? firstY = null, firstX = null, firstWeight = null;
        for (int threads = 1; threads <= 4; threads++)
        {
            using WorkerPool pool = new(threads);
            float[] y = new float[shape.OutputLength], dx = new float[shape.InputLength], dWeight = new float[shape.WeightLength];
            Convolution.Forward(pool, shape, x, weight, y);
            Convolution.BackwardInput(pool, shape, dy, weight, dx);
            Convolution.BackwardWeight(pool, shape, x, dy, dWeight);
            Assert.Equal(firstY ??= y, y);
            Assert.Equal(firstX ??= dx, dx);
            Assert.Equal(firstWeight ??= dWeight, dWeight);
        }
    }
}
