namespace Detr.Imaging;

/// <summary>Brings rows of a subsampled component to the picture's width, to the bit as libjpeg does.</summary>
/// <remarks>
/// Ratios of two use a triangle filter: each output is 3/4 the nearer and 1/4 the farther sample, and which way halves
/// are rounded alternates. All other ratios, and components at most two samples wide, repeat samples.
/// </remarks>
internal sealed class ChromaUpsampler
{
    private readonly JpegComponent _component;
    private readonly int _horizontal;
    private readonly int _vertical;
    private readonly byte[] _row;
    private readonly int[] _sums;

    /// <summary>Prepares for a component of a frame.</summary>
    public ChromaUpsampler(JpegFrame frame, JpegComponent component)
    {
        _component = component;
        _horizontal = frame.MaximumHorizontal / component.HorizontalSampling;
        _vertical = frame.MaximumVertical / component.VerticalSampling;
        _row = new byte[component.Width * _horizontal];
        _sums = new int[component.Width];
    }

    /// <summary>One row at full width; valid until the next call.</summary>
    /// <param name="y">The picture's row.</param>
    public ReadOnlySpan<byte> Row(int y)
    {
        bool isWide = _component.Width > 2;
        switch (_horizontal, _vertical)
        {
            case (1, 1):
                return _component.Row(y);
            case (2, 1) when isWide:
                UpsampleAcross(_component.Row(y));
                return _row;
            case (1, 2):
                UpsampleDown(y);
                return _row;
            case (2, 2) when isWide:
                UpsampleBoth(y);
                return _row;
            default:
                Repeat(_component.Row(y / _vertical));
                return _row;
        }
    }

    private void UpsampleAcross(ReadOnlySpan<byte> input)
    {
        Span<byte> output = _row.AsSpan(0, input.Length * 2);
        int last = input.Length - 1;
        output[0] = input[0];
        output[1] = (byte)((input[0] * 3 + input[1] + 2) >> 2);
        for (int x = 1; x < input.Length - 1; x++)
        {
            int near = input[x] * 3;
            output[2 * x] = (byte)((near + input[x - 1] + 1) >> 2);
            output[2 * x + 1] = (byte)((near + input[x + 1] + 2) >> 2);
        }

        output[2 * last] = (byte)((input[last] * 3 + input[last - 1] + 1) >> 2);
        output[2 * last + 1] = input[last];
    }

    private void UpsampleDown(int y)
    {
        ReadOnlySpan<byte> near = _component.Row(y >> 1);
        ReadOnlySpan<byte> far = _component.Row((y & 1) == 0 ? (y >> 1) - 1 : (y >> 1) + 1);
        int bias = (y & 1) == 0 ? 1 : 2;
        Span<byte> output = _row.AsSpan(0, near.Length);
        far = far[..near.Length];
        for (int x = 0; x < near.Length; x++)
        {
            output[x] = (byte)((near[x] * 3 + far[x] + bias) >> 2);
        }
    }

    private void UpsampleBoth(int y)
    {
        ReadOnlySpan<byte> near = _component.Row(y >> 1);
        ReadOnlySpan<byte> far = _component.Row((y & 1) == 0 ? (y >> 1) - 1 : (y >> 1) + 1);
        Span<int> sums = _sums.AsSpan(0, near.Length);
        far = far[..near.Length];
        for (int x = 0; x < near.Length; x++)
        {
            sums[x] = near[x] * 3 + far[x];
        }

        Span<byte> output = _row.AsSpan(0, sums.Length * 2);
        int last = sums.Length - 1;
        output[0] = (byte)((sums[0] * 4 + 8) >> 4);
        output[1] = (byte)((sums[0] * 3 + sums[1] + 7) >> 4);
        for (int x = 1; x < sums.Length - 1; x++)
        {
            int middle = sums[x] * 3;
            output[2 * x] = (byte)((middle + sums[x - 1] + 8) >> 4);
            output[2 * x + 1] = (byte)((middle + sums[x + 1] + 7) >> 4);
        }

        output[2 * last] = (byte)((sums[last] * 3 + sums[last - 1] + 8) >> 4);
        output[2 * last + 1] = (byte)((sums[last] * 4 + 7) >> 4);
    }

    private void Repeat(ReadOnlySpan<byte> input)
    {
        for (int x = 0; x < input.Length; x++)
        {
            _row.AsSpan(x * _horizontal, _horizontal).Fill(input[x]);
        }
    }
}
