namespace Detr.Kernels.Tests;

/// <summary>A batch norm with the residual and the ReLU that follow it, against its plain twin.</summary>
public sealed class FusedBatchNormalizationTests
{
    private const float Epsilon = 1e-5f;

    [Theory]
    [InlineData(2, 1, true, Activation.Relu)]
    [InlineData(9, 7, false, Activation.Relu)]
    [InlineData(127, 8, true, Activation.None)]
    [InlineData(128, 13, true, Activation.Relu)]
    [InlineData(129, 33, true, Activation.Relu)]
    [InlineData(1000, 64, true, Activation.Relu)]
    [InlineData(1000, 64, false, Activation.None)]
    public void Forward_and_backward_match_the_twin(int rows, int channels, bool addsResidual, Activation activation)
    {
        using WorkerPool pool = new(3);
        Random random = new(rows + channels);
        float[] x = Numbers.Uniform(random, rows * channels), dy = Numbers.Uniform(random, x.Length);
        float[] residual = addsResidual ? Numbers.Uniform(random, x.Length) : [];
        float[] weight = Numbers.Uniform(random, channels), bias = Numbers.Uniform(random, channels);
        float[] mean = new float[channels], inverse = new float[channels], variance = new float[channels];
        float[] y = new float[x.Length], expected = new float[x.Length];

        BatchNormalization.Forward(pool, x, weight, bias, Epsilon, y, mean, inverse, variance, residual, activation);
        BatchNormalizationReference.Forward(x, weight, bias, Epsilon, expected, residual, activation);
        Numbers.AssertClose(expected, y, 16 + rows);

        float[] result = activation == Activation.Relu ? y : [];
        Gradients actual = new(x.Length, channels), wanted = new(x.Length, channels);
        BatchNormalization.Backward(pool, x, weight, mean, inverse, dy, actual.X, actual.Weight, actual.Bias, result, actual.Residual);
        BatchNormalizationReference.Backward(x, weight, Epsilon, dy, wanted.X, wanted.Weight, wanted.Bias, result, wanted.Residual);
        Numbers.AssertClose(wanted.X, actual.X, 400);
        Numbers.AssertClose(wanted.Weight, actual.Weight, 100 + rows);
        Numbers.AssertClose(wanted.Bias, actual.Bias, 16 + rows);
        Assert.Equal(wanted.Residual, actual.Residual);

        // Without room for the residual's gradient the mask is read from the result instead: the same bits.
        Gradients without = new(x.Length, channels);
        BatchNormalization.Backward(pool, x, weight, mean, inverse, dy, without.X, without.Weight, without.Bias, result);
        Assert.Equal(actual.X, without.X);
        Assert.Equal(actual.Weight, without.Weight);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        Random random = new(3);
        float[] x = Numbers.Uniform(random, 3000 * 40), residual = Numbers.Uniform(random, x.Length), dy = Numbers.Uniform(random, x.Length);
        Assert.Equal(Run(1), Run(4));

        float[] Run(int threads)
        {
            using WorkerPool pool = new(threads);
            float[] one = [.. Enumerable.Repeat(1f, 40)], zero = new float[40], mean = new float[40], inverse = new float[40], variance = new float[40], y = new float[x.Length];
            Gradients gradients = new(x.Length, 40);
            BatchNormalization.Forward(pool, x, one, zero, Epsilon, y, mean, inverse, variance, residual, Activation.Relu);
            BatchNormalization.Backward(pool, x, one, mean, inverse, dy, gradients.X, gradients.Weight, gradients.Bias, y, gradients.Residual);
            return [.. y, .. variance, .. gradients.X, .. gradients.Weight, .. gradients.Residual];
        }
    }

    [Fact]
    public void Maps_of_other_sizes_are_refused()
    {
        using WorkerPool pool = new(1);
        float[] three = new float[3], six = new float[6], five = new float[5];
        Assert.Throws<ArgumentException>(() => BatchNormalization.Forward(pool, six, three, three, Epsilon, six, three, three, three, five));
        Assert.Throws<ArgumentException>(() => BatchNormalization.Backward(pool, six, three, three, three, six, six, three, three, five));
        Assert.Throws<ArgumentException>(() => BatchNormalization.Backward(pool, six, three, three, three, six, six, three, three, six, five));
    }

    private sealed class Gradients(int length, int channels)
    {
        internal float[] X { get; } = new float[length];

        internal float[] Weight { get; } = new float[channels];

        internal float[] Bias { get; } = new float[channels];

        internal float[] Residual { get; } = new float[length];
    }
}
