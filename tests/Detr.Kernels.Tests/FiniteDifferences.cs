namespace Detr.Kernels.Tests;

/// <summary>Holds a backward pass to central differences of a forward pass that is written plainly, in double precision.</summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5;

    /// <summary>Asserts that dx is the gradient of Σ dy ⊙ forward(x).</summary>
    internal static void AssertGradient(Func<double[], double[]> forward, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> dx, double tolerance = 2e-4)
    {
        Assert.Equal(x.Length, dx.Length);
        double[] at = ToDoubles(x);
        for (int i = 0; i < at.Length; i++)
        {
            double here = at[i];
            at[i] = here + Step;
            double above = Dot(forward(at), dy);
            at[i] = here - Step;
            double below = Dot(forward(at), dy);
            at[i] = here;
            double expected = (above - below) / (2 * Step);
            if (!(Math.Abs(expected - dx[i]) <= tolerance * Math.Max(1, Math.Abs(expected))))
            {
                Assert.Fail($"Gradient {i} is {dx[i]}, not {expected}.");
            }
        }
    }

    internal static double[] ToDoubles(ReadOnlySpan<float> x)
    {
        double[] y = new double[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i];
        }

        return y;
    }

    internal static float[] ToFloats(ReadOnlySpan<double> x)
    {
        float[] y = new float[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (float)x[i];
        }

        return y;
    }

    private static double Dot(double[] y, ReadOnlySpan<float> dy)
    {
        Assert.Equal(y.Length, dy.Length);
        double sum = 0;
        for (int i = 0; i < y.Length; i++)
        {
            sum += y[i] * dy[i];
        }

        return sum;
    }
}
