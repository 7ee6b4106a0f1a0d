namespace Detr.Imaging;

/// <summary>The inverse discrete cosine transform of 8×8 blocks, to the bit as libjpeg's accurate integer method.</summary>
/// <remarks>
/// Loeffler, Ligtenberg and Moschytz (1989): eleven multiplications in one dimension. Constants have 13 fraction bits;
/// the columns keep two extra bits for the rows. Any other order of rounding gives other pictures.
/// </remarks>
internal static class InverseDct
{
    private const int ConstantBits = 13;
    private const int ExtraBits = 2;
    private const int C0298 = 2446;
    private const int C0390 = 3196;
    private const int C0541 = 4433;
    private const int C0765 = 6270;
    private const int C0899 = 7373;
    private const int C1175 = 9633;
    private const int C1501 = 12299;
    private const int C1847 = 15137;
    private const int C1961 = 16069;
    private const int C2053 = 16819;
    private const int C2562 = 20995;
    private const int C3072 = 25172;

    /// <summary>Samples of a block that has only its mean.</summary>
    /// <param name="mean">The DC coefficient, quantised.</param>
    /// <param name="quantization">Quantisation steps.</param>
    /// <param name="samples">Where the block begins.</param>
    /// <param name="stride">Bytes from row to row.</param>
    public static void Flat(short mean, ReadOnlySpan<ushort> quantization, Span<byte> samples, int stride)
    {
        int column = (mean * quantization[0]) << ExtraBits;
        byte value = Clamp((column + 16) >> (ExtraBits + 3));
        for (int y = 0; y < 8; y++)
        {
            samples.Slice(y * stride, 8).Fill(value);
        }
    }

    /// <summary>Samples of a block.</summary>
    /// <param name="block">Quantised coefficients, [8, 8].</param>
    /// <param name="quantization">Quantisation steps, [8, 8].</param>
    /// <param name="samples">Where the block begins.</param>
    /// <param name="stride">Bytes from row to row.</param>
    public static void Execute(ReadOnlySpan<short> block, ReadOnlySpan<ushort> quantization, Span<byte> samples, int stride)
    {
        Span<int> work = stackalloc int[64];
        block = block[..64];
        quantization = quantization[..64];
        for (int x = 0; x < 8; x++)
        {
            int s0 = block[x] * quantization[x];
            int s1 = block[x + 8] * quantization[x + 8];
            int s2 = block[x + 16] * quantization[x + 16];
            int s3 = block[x + 24] * quantization[x + 24];
            int s4 = block[x + 32] * quantization[x + 32];
            int s5 = block[x + 40] * quantization[x + 40];
            int s6 = block[x + 48] * quantization[x + 48];
            int s7 = block[x + 56] * quantization[x + 56];
            if ((s1 | s2 | s3 | s4 | s5 | s6 | s7) == 0)
            {
                for (int y = 0; y < 64; y += 8)
                {
                    work[x + y] = s0 << ExtraBits;
                }

                continue;
            }

            Lines lines = Transform(s0, s1, s2, s3, s4, s5, s6, s7, 1 << (ConstantBits - ExtraBits - 1));
            const int Shift = ConstantBits - ExtraBits;
            work[x] = (lines.Even0 + lines.Odd0) >> Shift;
            work[x + 8] = (lines.Even1 + lines.Odd1) >> Shift;
            work[x + 16] = (lines.Even2 + lines.Odd2) >> Shift;
            work[x + 24] = (lines.Even3 + lines.Odd3) >> Shift;
            work[x + 32] = (lines.Even3 - lines.Odd3) >> Shift;
            work[x + 40] = (lines.Even2 - lines.Odd2) >> Shift;
            work[x + 48] = (lines.Even1 - lines.Odd1) >> Shift;
            work[x + 56] = (lines.Even0 - lines.Odd0) >> Shift;
        }

        for (int y = 0; y < 8; y++)
        {
            Span<int> row = work.Slice(y * 8, 8);
            Span<byte> output = samples.Slice(y * stride, 8);
            const int Shift = ConstantBits + ExtraBits + 3;
            Lines lines = Transform(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], 1 << (Shift - 1));
            output[0] = Clamp((lines.Even0 + lines.Odd0) >> Shift);
            output[1] = Clamp((lines.Even1 + lines.Odd1) >> Shift);
            output[2] = Clamp((lines.Even2 + lines.Odd2) >> Shift);
            output[3] = Clamp((lines.Even3 + lines.Odd3) >> Shift);
            output[4] = Clamp((lines.Even3 - lines.Odd3) >> Shift);
            output[5] = Clamp((lines.Even2 - lines.Odd2) >> Shift);
            output[6] = Clamp((lines.Even1 - lines.Odd1) >> Shift);
            output[7] = Clamp((lines.Even0 - lines.Odd0) >> Shift);
        }
    }

    private static Lines Transform(int s0, int s1, int s2, int s3, int s4, int s5, int s6, int s7, int rounding)
    {
        int z1 = (s2 + s6) * C0541;
        int even2 = z1 - s6 * C1847;
        int even3 = z1 + s2 * C0765;
        int even0 = ((s0 + s4) << ConstantBits) + rounding;
        int even1 = ((s0 - s4) << ConstantBits) + rounding;

        int z5 = (s7 + s3 + s5 + s1) * C1175;
        int z3 = z5 - (s7 + s3) * C1961;
        int z4 = z5 - (s5 + s1) * C0390;
        int za = (s7 + s1) * -C0899;
        int zb = (s5 + s3) * -C2562;
        return new Lines(
            even0 + even3,
            even1 + even2,
            even1 - even2,
            even0 - even3,
            s1 * C1501 + za + z4,
            s3 * C3072 + zb + z3,
            s5 * C2053 + zb + z4,
            s7 * C0298 + za + z3);
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value + 128, 0, 255);

    private readonly record struct Lines(
        int Even0, int Even1, int Even2, int Even3, int Odd0, int Odd1, int Odd2, int Odd3);
}
