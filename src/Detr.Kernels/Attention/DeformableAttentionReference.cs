namespace Detr.Kernels;

/// <summary>The plain twin of <see cref="DeformableAttention"/>: the definition, term by term, sums in double precision.</summary>
public static class DeformableAttentionReference
{
    /// <summary>The forward pass; see <see cref="DeformableAttention"/> for shapes.</summary>
    public static void Forward(
        DeformableAttentionShape shape, ReadOnlySpan<float> value, ReadOnlySpan<float> locations, ReadOnlySpan<float> weights, Span<float> output)
    {
        double[] sums = new double[output.Length];
        foreach (Term term in Terms(shape, locations.ToArray()))
        {
            for (int channel = 0; channel < shape.HeadSize; channel++)
            {
                sums[term.Output + channel] += weights[term.Sample] * term.Share * value[term.Value + channel];
            }
        }

        Round(sums, output);
    }

    /// <summary>The gradients.</summary>
    public static void Backward(
        DeformableAttentionShape shape, ReadOnlySpan<float> value, ReadOnlySpan<float> locations, ReadOnlySpan<float> weights,
        ReadOnlySpan<float> dOutput, Span<float> dValue, Span<float> dLocations, Span<float> dWeights)
    {
        double[] values = new double[dValue.Length], places = new double[dLocations.Length], factors = new double[dWeights.Length];
        foreach (Term term in Terms(shape, locations.ToArray()))
        {
            for (int channel = 0; channel < shape.HeadSize; channel++)
            {
                double gradient = dOutput[term.Output + channel], x = value[term.Value + channel], weight = weights[term.Sample];
                values[term.Value + channel] += gradient * weight * term.Share;
                factors[term.Sample] += gradient * term.Share * x;
                places[2 * term.Sample] += gradient * weight * term.ByX * x;
                places[(2 * term.Sample) + 1] += gradient * weight * term.ByY * x;
            }
        }

        Round(values, dValue);
        Round(places, dLocations);
        Round(factors, dWeights);
    }

    /// <summary>Every cell that has a share in a sample.</summary>
    private static IEnumerable<Term> Terms(DeformableAttentionShape shape, float[] locations)
    {
        for (int sample = 0; sample < locations.Length / 2; sample++)
        {
            int level = sample / shape.Points % shape.Levels.Length, head = sample / shape.Samples % shape.Heads, query = sample / shape.Samples / shape.Heads;
            (int height, int width) = shape.Levels[level];
            double x = ((double)locations[2 * sample] * width) - 0.5, y = ((double)locations[(2 * sample) + 1] * height) - 0.5;
            for (int row = 0; row < height; row++)
            {
                for (int column = 0; column < width; column++)
                {
                    double shareX = 1 - Math.Abs(x - column), shareY = 1 - Math.Abs(y - row);
                    if (shareX > 0 && shareY > 0)
                    {
                        int token = (query / shape.Queries * shape.Tokens) + shape.Starts[level] + (row * width) + column;
                        yield return new Term(
                            sample, (query * shape.Channels) + (head * shape.HeadSize), (token * shape.Channels) + (head * shape.HeadSize),
                            shareX * shareY, Slope(x, column) * width * shareY, Slope(y, row) * height * shareX);
                    }
                }
            }
        }
    }

    /// <summary>How a cell's share along an axis changes as the sample moves on.</summary>
    private static double Slope(double place, int cell) => place < cell ? 1 : -1;

    private static void Round(double[] sums, Span<float> target)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            target[i] = (float)sums[i];
        }
    }

    /// <summary>A cell's part in a sample: where they begin, the cell's share, and its derivatives by the location.</summary>
    private readonly record struct Term(int Sample, int Output, int Value, double Share, double ByX, double ByY);
}
