namespace Detr.Explain;

/// <summary>
/// The level that parts bytes into two classes whose means lie furthest apart (Otsu 1979, <em>A threshold selection method from gray-level
/// histograms</em>): the variance between the classes, w₀ w₁ (μ₀ − μ₁)², is largest.
/// </summary>
public static class OtsuThreshold
{
    /// <summary>Finds the level.</summary>
    /// <param name="values">The bytes.</param>
    /// <returns>The largest byte of the lower class, the lowest such where several part equally well; null where all bytes are equal, or there is none.</returns>
    public static byte? Find(ReadOnlySpan<byte> values)
    {
        Span<long> histogram = stackalloc long[256];
        long sum = 0;
        foreach (byte value in values)
        {
            histogram[value]++;
            sum += value;
        }

        byte? best = null;
        double largest = 0;
        long below = 0, sumBelow = 0;
        for (int level = 0; level < 255; level++)
        {
            below += histogram[level];
            sumBelow += level * histogram[level];
            long above = values.Length - below;
            if (below > 0 && above > 0)
            {
                double difference = ((double)sumBelow / below) - ((double)(sum - sumBelow) / above);
                double variance = (double)below * above * difference * difference;
                if (variance > largest)
                {
                    (largest, best) = (variance, (byte)level);
                }
            }
        }

        return best;
    }
}
