namespace Detr.Imaging;

/// <summary>Transforms, quantises and writes the blocks of one component.</summary>
internal sealed class JpegComponentWriter
{
    private readonly JpegBlockWriter _writer;
    private readonly JpegPlane _plane;
    private readonly JpegHuffmanCode _dc;
    private readonly JpegHuffmanCode _ac;
    private readonly float[] _inverseSteps = new float[64];
    private readonly float[] _block = new float[64];
    private readonly int[] _zigzag = new int[64];
    private int _mean;

    /// <summary>Prepares for a component.</summary>
    /// <param name="writer">Where its blocks go, among the others'.</param>
    /// <param name="plane">Its samples.</param>
    /// <param name="steps">Quantisation steps in natural order.</param>
    /// <param name="dc">Codes of means.</param>
    /// <param name="ac">Codes of the other coefficients.</param>
    public JpegComponentWriter(JpegBlockWriter writer, JpegPlane plane, ReadOnlySpan<byte> steps, JpegHuffmanCode dc, JpegHuffmanCode ac)
    {
        (_writer, _plane, _dc, _ac) = (writer, plane, dc, ac);
        for (int i = 0; i < 64; i++)
        {
            _inverseSteps[i] = 1f / steps[i];
        }
    }

    /// <summary>Writes one block.</summary>
    /// <param name="x">Its column, counted in blocks.</param>
    /// <param name="y">Its row, counted in blocks.</param>
    public void Write(int x, int y)
    {
        _plane.CopyBlock(x * 8, y * 8, _block);
        ForwardDct.Execute(_block);
        for (int i = 0; i < 64; i++)
        {
            int natural = JpegZigzag.Natural[i];
            _zigzag[i] = (int)MathF.Round(_block[natural] * _inverseSteps[natural]);
        }

        int mean = _zigzag[0];
        _zigzag[0] = mean - _mean;
        _mean = mean;

        // Rounding may step just outside what baseline codes can say.
        foreach (ref int value in _zigzag.AsSpan(1))
        {
            value = Math.Clamp(value, -1023, 1023);
        }

        _writer.Write(_zigzag, _dc, _ac);
    }
}
