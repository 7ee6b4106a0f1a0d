namespace Detr.Kernels.Tests;

public sealed class AdamWStepTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7, 33, 0, 1)]
    [InlineData(70_001)]
    [InlineData(3, 20_000, 5, 16_384, 128, 40_000)]
    public void Ten_steps_follow_the_formula(params int[] lengths)
    {
        const double Rate = 1e-2, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, Decay = 0.1, Scale = 0.5;
        using WorkerPool pool = new(3);
        int length = lengths.Sum();
        Random random = new(length);
        float[] parameter = Numbers.Uniform(random, length), first = new float[length], second = new float[length];
        double[] p = FiniteDifferences.ToDoubles(parameter), m = new double[length], v = new double[length];
        for (int step = 1; step <= 10; step++)
        {
            float[] gradient = Numbers.Uniform(random, length);
            AdamWStep.Execute(pool, Parts(lengths, parameter, gradient, first, second), (float)Rate, (float)Beta1, (float)Beta2, (float)Epsilon, (float)Decay, step, (float)Scale);
            for (int i = 0; i < length; i++)
            {
                double g = gradient[i] * Scale;
                p[i] *= 1 - (Rate * Decay);
                m[i] = (Beta1 * m[i]) + ((1 - Beta1) * g);
                v[i] = (Beta2 * v[i]) + ((1 - Beta2) * g * g);
                p[i] -= Rate * (m[i] / (1 - Math.Pow(Beta1, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(Beta2, step))) + Epsilon);
            }
        }

        Numbers.AssertClose(FiniteDifferences.ToFloats(p), parameter, 100);
        Numbers.AssertClose(FiniteDifferences.ToFloats(m), first, 16);
        Numbers.AssertClose(FiniteDifferences.ToFloats(v), second, 16);
    }

    [Fact]
    public void A_gradient_of_0_only_decays()
    {
        using WorkerPool pool = new(1);
        float[] parameter = [2f, -4f];

        AdamWStep.Execute(pool, Parts([2], parameter, new float[2], new float[2], new float[2]), 0.1f, 0.9f, 0.999f, 1e-8f, 0.5f, 1, 1f);

        Assert.Equal(1.9f, parameter[0], 1e-6f);
        Assert.Equal(-3.8f, parameter[1], 1e-6f);
    }

    [Fact]
    public void Sizes_that_do_not_fit_and_a_step_before_the_first_are_refused()
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentException>(() => AdamWStep.Execute(pool, new AdamWTensor[] { new(new float[3], new float[2], new float[3], new float[3]) }, 1f, 0.9f, 0.99f, 1e-8f, 0f, 1, 1f));
        Assert.Throws<ArgumentOutOfRangeException>(() => AdamWStep.Execute(pool, new AdamWTensor[] { new(new float[3], new float[3], new float[3], new float[3]) }, 1f, 0.9f, 0.99f, 1e-8f, 0f, 0, 1f));
    }

    /// <summary>Consecutive parts of four arrays as tensors.</summary>
    private static AdamWTensor[] Parts(int[] lengths, float[] parameter, float[] gradient, float[] first, float[] second)
    {
        int start = 0;
        return [.. lengths.Select(length =>
        {
            Range range = start..(start += length);
            return new AdamWTensor(parameter.AsMemory(range), gradient.AsMemory(range), first.AsMemory(range), second.AsMemory(range));
        })];
    }
}
