using System.Numerics;

namespace Detr.Imaging;

/// <summary>Writes entropy-coded blocks, with a zero byte after every 0xFF so that none looks like a marker.</summary>
internal sealed class JpegBlockWriter(Stream stream)
{
    private readonly byte[] _buffer = new byte[1 << 14];
    private int _buffered;
    private ulong _bits;
    private int _count;

    /// <summary>Writes a block (ITU T.81, F.1.2).</summary>
    /// <param name="zigzag">Quantised coefficients in zigzag order; the first is the difference of means.</param>
    /// <param name="dc">Codes of the first.</param>
    /// <param name="ac">Codes of the others.</param>
    public void Write(ReadOnlySpan<int> zigzag, JpegHuffmanCode dc, JpegHuffmanCode ac)
    {
        Write(dc, 0, zigzag[0]);
        int run = 0;
        foreach (int value in zigzag[1..64])
        {
            if (value == 0)
            {
                run++;
                continue;
            }

            for (; run > 15; run -= 16)
            {
                Write(ac, 15, 0);
            }

            Write(ac, run, value);
            run = 0;
        }

        if (run > 0)
        {
            Write(ac, 0, 0);
        }
    }

    /// <summary>Fills the last byte with ones and writes what is buffered.</summary>
    public void Finish()
    {
        if (_count > 0)
        {
            Append((1 << (8 - _count)) - 1, 8 - _count);
        }

        stream.Write(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    private void Write(JpegHuffmanCode codes, int run, int value)
    {
        int size = 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(value));
        (int code, int length) = codes[(run << 4) | size];
        Append(code, length);
        if (size > 0)
        {
            Append((value < 0 ? value - 1 : value) & ((1 << size) - 1), size);
        }
    }

    private void Append(int value, int count)
    {
        _bits = (_bits << count) | (uint)value;
        _count += count;
        while (_count >= 8)
        {
            _count -= 8;
            byte next = (byte)(_bits >> _count);
            _buffer[_buffered++] = next;
            if (next == 0xFF)
            {
                _buffer[_buffered++] = 0;
            }

            if (_buffered > _buffer.Length - 2)
            {
                stream.Write(_buffer.AsSpan(0, _buffered));
                _buffered = 0;
            }
        }
    }
}
