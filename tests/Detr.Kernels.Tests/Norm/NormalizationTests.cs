namespace Detr.Kernels.Tests;

/// <summary>
/// The three normalisations against one plain form: the elements fall into sets that share a mean and a deviation, and
/// each element has a channel.
/// </summary>
public sealed class NormalizationTests
{
    private const float Epsilon = 1e-5f;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(5, 33)]
    [InlineData(200, 256)]
    public void Layer_normalization(int rows, int columns)
    {
        using WorkerPool pool = new(3);
        Data data = new(rows * columns, columns, rows);

        LayerNormalization.Forward(pool, data.X, data.Weight, data.Bias, Epsilon, data.Y, data.Mean, data.Inverse);
        LayerNormalization.Backward(pool, data.X, data.Weight, data.Mean, data.Inverse, data.Dy, data.Dx, data.DWeight, data.DBias);

        data.AssertAgainst(i => i / columns, i => i % columns);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(9, 7)]
    [InlineData(31, 33)]
    [InlineData(1000, 64)]
    public void Batch_normalization(int rows, int channels)
    {
        using WorkerPool pool = new(3);
        Data data = new(rows * channels, channels, channels);
        float[] variance = new float[channels];

        BatchNormalization.Forward(pool, data.X, data.Weight, data.Bias, Epsilon, data.Y, data.Mean, data.Inverse, variance);
        BatchNormalization.Backward(pool, data.X, data.Weight, data.Mean, data.Inverse, data.Dy, data.Dx, data.DWeight, data.DBias);

        data.AssertAgainst(i => i % channels, i => i % channels);
        Numbers.AssertClose(Array.ConvertAll(data.Inverse, value => (1f / (value * value)) - Epsilon), variance, 16);
    }

    [Theory]
    [InlineData(1, 1, 4, 2)]
    [InlineData(2, 5, 6, 3)]
    [InlineData(3, 35, 32, 8)]
    [InlineData(2, 300, 66, 2)]
    [InlineData(1, 9, 5, 5)]
    public void Group_normalization(int batch, int pixels, int channels, int groups)
    {
        using WorkerPool pool = new(3);
        Data data = new(batch * pixels * channels, channels, batch * groups);

        GroupNormalization.Forward(pool, data.X, batch, groups, data.Weight, data.Bias, Epsilon, data.Y, data.Mean, data.Inverse);
        GroupNormalization.Backward(pool, data.X, batch, groups, data.Weight, data.Mean, data.Inverse, data.Dy, data.Dx, data.DWeight, data.DBias);

        int size = channels / groups;
        data.AssertAgainst(i => (i / (pixels * channels) * groups) + (i % channels / size), i => i % channels);
    }

    [Fact]
    public void A_large_mean_costs_no_digits_of_the_variance()
    {
        using WorkerPool pool = new(2);
        float[] x = new float[4000], y = new float[x.Length], one = [1f, 1f], zero = [0f, 0f], mean = new float[2], inverse = new float[2], variance = new float[2];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = 4096f + (i / 2 % 2);
        }

        BatchNormalization.Forward(pool, x, one, zero, 0f, y, mean, inverse, variance);
        Assert.Equal(0.25f, variance[0], 1e-5f);
        GroupNormalization.Forward(pool, x, 1, 1, one, zero, 0f, y, mean.AsSpan(0, 1), inverse.AsSpan(0, 1));
        Assert.Equal(2f, inverse[0], 1e-4f);
        float[] means = new float[2000], inverses = new float[2000];
        LayerNormalization.Forward(pool, x, one, zero, 1f, y, means, inverses);
        Assert.All(y, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Frozen_batch_normalization_scales_and_shifts_by_channel()
    {
        using WorkerPool pool = new(3);
        Random random = new(4);
        float[] x = Numbers.Uniform(random, 700 * 33), scale = Numbers.Uniform(random, 33), shift = Numbers.Uniform(random, 33), y = new float[x.Length];

        BatchNormalization.ScaleShift(pool, x, scale, shift, y);

        Numbers.AssertClose([.. x.Select((value, i) => (value * scale[i % 33]) + shift[i % 33])], y, 1);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);
        float[] two = new float[2], three = new float[3], six = new float[6];

        Assert.Throws<ArgumentException>(() => LayerNormalization.Forward(pool, six, three, two, Epsilon, six, two, two));
        Assert.Throws<ArgumentException>(() => LayerNormalization.Forward(pool, six, three, three, Epsilon, six, two, three));
        Assert.Throws<ArgumentException>(() => LayerNormalization.Backward(pool, six, three, two, two, six, two, three, three));
        Assert.Throws<ArgumentException>(() => LayerNormalization.Backward(pool, six, three, two, two, six, six, three, two));
        Assert.Throws<ArgumentException>(() => BatchNormalization.Forward(pool, six, three, two, Epsilon, six, three, three, three));
        Assert.Throws<ArgumentException>(() => BatchNormalization.Forward(pool, six, three, three, Epsilon, six, three, three, two));
        Assert.Throws<ArgumentException>(() => BatchNormalization.Forward(pool, six, [], [], Epsilon, six, [], [], []));
        Assert.Throws<ArgumentException>(() => BatchNormalization.Backward(pool, six, three, three, three, six, two, three, three));
        Assert.Throws<ArgumentException>(() => BatchNormalization.ScaleShift(pool, six, three, two, six));
        Assert.Throws<ArgumentException>(() => GroupNormalization.Forward(pool, six, 1, 2, three, three, Epsilon, six, two, two));
        Assert.Throws<ArgumentException>(() => GroupNormalization.Forward(pool, six, 1, 3, three, three, Epsilon, six, two, three));
    }

    private sealed class Data
    {
        internal Data(int length, int channels, int sets)
        {
            Random random = new(length);
            X = Numbers.Uniform(random, length);
            Dy = Numbers.Uniform(random, length);
            Weight = Numbers.Uniform(random, channels);
            Bias = Numbers.Uniform(random, channels);
            (Y, Dx, DWeight, DBias, Mean, Inverse) = (new float[length], new float[length], new float[channels], new float[channels], new float[sets], new float[sets]);
            DWeight.AsSpan().Fill(float.NaN);
            DBias.AsSpan().Fill(float.NaN);
        }

        internal float[] X { get; }

        internal float[] Weight { get; }

        internal float[] Bias { get; }

        internal float[] Y { get; }

        internal float[] Mean { get; }

        internal float[] Inverse { get; }

        internal float[] Dy { get; }

        internal float[] Dx { get; }

        internal float[] DWeight { get; }

        internal float[] DBias { get; }

        internal void AssertAgainst(Func<int, int> set, Func<int, int> channel)
        {
            int terms = X.Length / Mean.Length;
            double[] x = FiniteDifferences.ToDoubles(X);
            Numbers.AssertClose(FiniteDifferences.ToFloats(Plain(x)), Y, 16 + terms);

            // The gradients' formulas, in double precision; small cases also against differences.
            double[] normalised = Plain(x, weighed: false), sum = new double[Mean.Length], slope = new double[Mean.Length];
            double[] dWeight = new double[Weight.Length], dBias = new double[Weight.Length], dx = new double[x.Length];
            for (int i = 0; i < x.Length; i++)
            {
                double g = Dy[i] * (double)Weight[channel(i)];
                sum[set(i)] += g / terms;
                slope[set(i)] += g * normalised[i] / terms;
                dWeight[channel(i)] += Dy[i] * normalised[i];
                dBias[channel(i)] += Dy[i];
            }

            for (int i = 0; i < x.Length; i++)
            {
                dx[i] = ((Dy[i] * (double)Weight[channel(i)]) - sum[set(i)] - (normalised[i] * slope[set(i)])) * Inverse[set(i)];
            }

            int summed = X.Length / Weight.Length;
            Numbers.AssertClose(FiniteDifferences.ToFloats(dWeight), DWeight, 100 + summed);
            Numbers.AssertClose(FiniteDifferences.ToFloats(dBias), DBias, 16 + summed);
            Numbers.AssertClose(FiniteDifferences.ToFloats(dx), Dx, 400);
            if (x.Length is > 4 and <= 300)
            {
                FiniteDifferences.AssertGradient(at => Plain(at), X, Dy, Dx, 1e-3);
            }

            double[] Plain(double[] at, bool weighed = true)
            {
                double[] mean = new double[Mean.Length], variance = new double[Mean.Length], y = new double[at.Length];
                for (int i = 0; i < at.Length; i++)
                {
                    mean[set(i)] += at[i] / terms;
                }

                for (int i = 0; i < at.Length; i++)
                {
                    variance[set(i)] += (at[i] - mean[set(i)]) * (at[i] - mean[set(i)]) / terms;
                }

                for (int i = 0; i < at.Length; i++)
                {
                    y[i] = (at[i] - mean[set(i)]) / Math.Sqrt(variance[set(i)] + Epsilon);
                    y[i] = weighed ? (y[i] * Weight[channel(i)]) + Bias[channel(i)] : y[i];
                }

                return y;
            }
        }
    }
}
