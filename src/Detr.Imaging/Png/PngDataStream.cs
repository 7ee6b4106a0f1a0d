using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Detr.Imaging;

/// <summary>Cuts what is written to it into IDAT chunks, so that no more than one chunk is held at a time.</summary>
internal sealed class PngDataStream(Stream output) : Stream
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _count;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes one chunk: length, type, data, checksum of type and data.</summary>
    public static void WriteChunk(Stream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        output.Write(number);
        output.Write(type);
        output.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, PngCrc.Append(data, PngCrc.Append(type)));
        output.Write(number);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int taken = Math.Min(buffer.Length, _buffer.Length - _count);
            buffer[..taken].CopyTo(_buffer.AsSpan(_count));
            _count += taken;
            buffer = buffer[taken..];
            if (_count == _buffer.Length)
            {
                WriteBuffered();
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // A chunk is written when it is full or last; flushing early would only make small ones.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [SuppressMessage("Usage", "CA2215", Justification = "Stream.Dispose(bool) does nothing.")]
    protected override void Dispose(bool disposing)
    {
        if (disposing && _count > 0)
        {
            WriteBuffered();
        }
    }

    private void WriteBuffered()
    {
        WriteChunk(output, "IDAT"u8, _buffer.AsSpan(0, _count));
        _count = 0;
    }
}
