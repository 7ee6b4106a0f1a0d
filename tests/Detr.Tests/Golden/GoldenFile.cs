using Detr.Tensors.Checkpoints;

namespace Detr.Tests.Golden;

/// <summary>Numbers that the reference printed, and how to compare with them.</summary>
internal sealed class GoldenFile(string name)
{
    private readonly Checkpoint _checkpoint = Checkpoint.Open(Path.Combine(AppContext.BaseDirectory, "Fixtures", $"{name}.safetensors"));

    internal IEnumerable<string> Keys => _checkpoint.Tensors.Keys;

    internal float[] Floats(string key) => _checkpoint.Tensors[key].ToFloats();

    internal double[] Doubles(string key) => _checkpoint.Tensors[key].ToDoubles();

    /// <summary>Every element within a share of the largest absolute value.</summary>
    internal void AssertClose(string key, ReadOnlySpan<float> actual, double tolerance) => AssertClose(key, Floats(key), actual, tolerance);

    internal static void AssertClose(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0, difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
            Assert.False(float.IsNaN(actual[i]), $"{what}[{i}] is NaN");
        }

        Assert.True(difference <= tolerance * largest, $"{what}: largest difference {difference:g4}, {difference / largest:g4} of the largest value");
    }
}
