namespace Detr.Imaging;

/// <summary>One colour component of a JPEG: its sampling, its tables, its blocks and its samples.</summary>
internal sealed class JpegComponent
{
    /// <summary>The identifier that scans use.</summary>
    public required int Id { get; init; }

    /// <summary>Blocks across in an MCU, 1 to 4.</summary>
    public required int HorizontalSampling { get; init; }

    /// <summary>Blocks down in an MCU, 1 to 4.</summary>
    public required int VerticalSampling { get; init; }

    /// <summary>Which quantisation table, 0 to 3.</summary>
    public required int QuantizationIndex { get; init; }

    /// <summary>Samples in a row, without padding.</summary>
    public int Width { get; set; }

    /// <summary>Rows of samples, without padding.</summary>
    public int Height { get; set; }

    /// <summary>Blocks in a row, with the padding to whole MCUs.</summary>
    public int BlocksAcross { get; set; }

    /// <summary>Rows of blocks, with the padding to whole MCUs.</summary>
    public int BlocksDown { get; set; }

    /// <summary>Decoded samples, [BlocksDown · 8, BlocksAcross · 8].</summary>
    public byte[] Samples { get; set; } = [];

    /// <summary>Coefficients of a progressive picture, [BlocksDown, BlocksAcross, 64], natural order; else empty.</summary>
    public short[] Coefficients { get; set; } = [];

    /// <summary>Quantisation steps in natural order, as they were when the first scan began; null before it.</summary>
    public ushort[]? Quantization { get; set; }

    /// <summary>The table of DC differences in the current scan.</summary>
    public JpegHuffmanTable? DcTable { get; set; }

    /// <summary>The table of AC coefficients in the current scan.</summary>
    public JpegHuffmanTable? AcTable { get; set; }

    /// <summary>The last DC coefficient, from which the next differs.</summary>
    public int DcPrediction { get; set; }

    /// <summary>Bytes from one row of samples to the next.</summary>
    public int Stride => BlocksAcross * 8;

    /// <summary>A row of samples; rows outside are the nearest inside.</summary>
    public ReadOnlySpan<byte> Row(int y) => Samples.AsSpan(Math.Clamp(y, 0, Height - 1) * Stride, Width);
}
