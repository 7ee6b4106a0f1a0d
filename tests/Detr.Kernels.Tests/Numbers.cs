namespace Detr.Kernels.Tests;

/// <summary>Random operands, and comparison with what a plain twin computed.</summary>
internal static class Numbers
{
    /// <summary>Numbers from −1 to 1.</summary>
    internal static float[] Uniform(Random random, int length)
    {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++)
        {
            numbers[i] = (random.NextSingle() * 2f) - 1f;
        }

        return numbers;
    }

    /// <summary>Asserts that two results differ by no more than rounding over <paramref name="terms"/> terms of size 1 explains.</summary>
    internal static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int terms)
    {
        Assert.Equal(expected.Length, actual.Length);
        double tolerance = 1e-6 * (4 + Math.Sqrt(terms));
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = tolerance * Math.Max(1, Math.Abs(expected[i]));
            if (!(Math.Abs(expected[i] - actual[i]) <= allowed))
            {
                Assert.Fail($"Element {i} is {actual[i]}, not {expected[i]}; {allowed:G2} is allowed.");
            }
        }
    }
}
