namespace Detr.Imaging;

/// <summary>The samples of one component on their way into a JPEG.</summary>
internal sealed class JpegPlane
{
    private readonly int _width;
    private readonly int _height;
    private readonly byte[] _samples;

    private JpegPlane(int width, int height)
    {
        (_width, _height) = (width, height);
        _samples = new byte[width * height];
    }

    /// <summary>One component of a picture in YCbCr (JFIF, from BT.601).</summary>
    /// <param name="image">The picture.</param>
    /// <param name="component">0 luminance, 1 blue difference, 2 red difference.</param>
    public static JpegPlane FromImage(RgbImage image, int component)
    {
        JpegPlane plane = new(image.Width, image.Height);
        (float red, float green, float blue, float offset) = component switch
        {
            0 => (0.299f, 0.587f, 0.114f, 0.5f),
            1 => (-0.168736f, -0.331264f, 0.5f, 128.5f),
            _ => (0.5f, -0.418688f, -0.081312f, 128.5f),
        };
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (int i = 0; i < plane._samples.Length; i++)
        {
            ReadOnlySpan<byte> pixel = pixels.Slice(i * 3, 3);
            plane._samples[i] = (byte)Math.Min(255, red * pixel[0] + green * pixel[1] + blue * pixel[2] + offset);
        }

        return plane;
    }

    /// <summary>The same at half the size each way: means of 2×2 samples.</summary>
    public JpegPlane Halve()
    {
        JpegPlane half = new((_width + 1) / 2, (_height + 1) / 2);
        for (int y = 0; y < half._height; y++)
        {
            ReadOnlySpan<byte> upper = _samples.AsSpan(2 * y * _width, _width);
            ReadOnlySpan<byte> lower = _samples.AsSpan(Math.Min(2 * y + 1, _height - 1) * _width, _width);
            for (int x = 0; x < half._width; x++)
            {
                int right = Math.Min(2 * x + 1, _width - 1);

                // Rounding halves up and down in turn keeps the mean.
                half._samples[y * half._width + x] = (byte)((upper[2 * x] + upper[right] + lower[2 * x] + lower[right] + 1 + (x & 1)) >> 2);
            }
        }

        return half;
    }

    /// <summary>Copies 8×8 samples less 128; beyond the edges the last ones are repeated.</summary>
    public void CopyBlock(int left, int top, Span<float> block)
    {
        for (int y = 0; y < 8; y++)
        {
            ReadOnlySpan<byte> row = _samples.AsSpan(Math.Min(top + y, _height - 1) * _width, _width);
            for (int x = 0; x < 8; x++)
            {
                block[y * 8 + x] = row[Math.Min(left + x, _width - 1)] - 128;
            }
        }
    }
}
