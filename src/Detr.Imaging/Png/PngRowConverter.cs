namespace Detr.Imaging;

/// <summary>Turns rows of a PNG's samples into RGB: greys are spread to 0–255, alpha is dropped.</summary>
internal sealed class PngRowConverter
{
    private readonly PngHeader _header;
    private readonly byte[] _colors = new byte[256 * 3];

    /// <summary>Prepares the colours of samples of up to eight bits.</summary>
    /// <param name="header">The picture's header.</param>
    /// <param name="palette">The palette, three bytes a colour; indices beyond it are grey, as in Pillow.</param>
    public PngRowConverter(PngHeader header, ReadOnlySpan<byte> palette)
    {
        _header = header;
        bool hasPalette = header.ColorType == 3;
        int scale = hasPalette || header.BitDepth > 8 ? 1 : 255 / ((1 << header.BitDepth) - 1);
        for (int i = 0; i < 256; i++)
        {
            _colors.AsSpan(i * 3, 3).Fill((byte)(i * scale));
        }

        if (hasPalette)
        {
            palette.CopyTo(_colors);
        }
    }

    /// <summary>Converts a row.</summary>
    /// <param name="samples">Unfiltered bytes.</param>
    /// <param name="rgb">The pixels, three bytes each.</param>
    public void Convert(ReadOnlySpan<byte> samples, Span<byte> rgb)
    {
        int width = rgb.Length / 3;
        int depth = _header.BitDepth;
        if (_header.ColorType == 2 && depth == 8)
        {
            samples[..rgb.Length].CopyTo(rgb);
            return;
        }

        // 16-bit samples are big-endian, so the byte that comes first is the one to keep.
        int step = Math.Max(1, _header.PixelBits / 8);
        if (_header.Channels >= 3)
        {
            int sample = depth / 8;
            for (int x = 0; x < width; x++)
            {
                rgb[x * 3] = samples[x * step];
                rgb[x * 3 + 1] = samples[x * step + sample];
                rgb[x * 3 + 2] = samples[x * step + 2 * sample];
            }

            return;
        }

        int mask = (1 << Math.Min(depth, 8)) - 1;
        for (int x = 0; x < width; x++)
        {
            int value = depth >= 8 ? samples[x * step] : (samples[x * depth >> 3] >> (8 - depth - (x * depth & 7))) & mask;
            _colors.AsSpan(value * 3, 3).CopyTo(rgb[(x * 3)..]);
        }
    }
}
