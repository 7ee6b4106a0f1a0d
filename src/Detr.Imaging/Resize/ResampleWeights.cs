namespace Detr.Imaging;

/// <summary>
/// The weights of a one-dimensional antialiased bilinear resize: output sample <c>i</c> is the sum of
/// <c>Taps(i)</c> times the source samples from <c>First(i)</c> on.
/// </summary>
/// <remarks>
/// A triangle of half-width max(1, source/destination) is laid over the source at every output sample's centre and
/// normalised to sum 1 over the samples that exist. The weights are rounded to <see cref="FractionBits"/> bits, as
/// Pillow's 8-bit path does, so that sums of 255 · weight stay below 2^31.
/// </remarks>
internal sealed class ResampleWeights
{
    /// <summary>Bits behind the binary point: 32 less 8 for the sample and 2 to spare.</summary>
    public const int FractionBits = 32 - 8 - 2;

    private readonly int[] _first;
    private readonly int[] _count;
    private readonly int[] _taps;
    private readonly int _stride;

    /// <summary>Computes the weights.</summary>
    /// <param name="source">Samples there are; at least 1.</param>
    /// <param name="destination">Samples wanted; at least 1.</param>
    public ResampleWeights(int source, int destination)
    {
        double scale = (double)source / destination;
        double support = Math.Max(scale, 1);
        double inverse = 1 / support;
        _stride = (int)Math.Min((long)Math.Ceiling(support) * 2 + 1, source);
        _first = new int[destination];
        _count = new int[destination];
        _taps = new int[checked(_stride * destination)];
        double[] exact = new double[_stride];
        for (int i = 0; i < destination; i++)
        {
            double center = (i + 0.5) * scale;
            int first = Math.Max((int)(center - support + 0.5), 0);
            int count = Math.Min((int)(center + support + 0.5), source) - first;
            double sum = 0;
            for (int k = 0; k < count; k++)
            {
                double distance = Math.Abs((k + first - center + 0.5) * inverse);
                exact[k] = distance < 1 ? 1 - distance : 0;
                sum += exact[k];
            }

            _first[i] = first;
            _count[i] = count;
            Span<int> taps = _taps.AsSpan(i * _stride, count);
            for (int k = 0; k < count; k++)
            {
                taps[k] = (int)(0.5 + exact[k] / sum * (1 << FractionBits));
            }
        }
    }

    /// <summary>The first source sample that output sample <paramref name="i"/> reads.</summary>
    public int First(int i) => _first[i];

    /// <summary>The weights of output sample <paramref name="i"/>, in units of 2^-<see cref="FractionBits"/>.</summary>
    public ReadOnlySpan<int> Taps(int i) => _taps.AsSpan(i * _stride, _count[i]);
}
