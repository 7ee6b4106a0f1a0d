using System.Buffers.Binary;
using System.Text;

namespace Detr.Tensors.Checkpoints;

/// <summary>The bytes of a pickle: part of a file, read forward through a small buffer and never past its end.</summary>
internal sealed class PickleInput
{
    /// <summary>Pickles hold names, shapes and settings; numbers lie beside them. A hundred thousand tensors need this much.</summary>
    private const long LongestPickle = 16 << 20;

    private readonly byte[] _buffer = new byte[4096];
    private readonly long _end;
    private long _bufferStart;
    private int _buffered;
    private int _next;

    /// <summary>Begins at a position.</summary>
    /// <param name="file">The file.</param>
    /// <param name="position">The first byte.</param>
    /// <param name="length">How many bytes there may be.</param>
    internal PickleInput(CheckpointFile file, long position, long length)
    {
        File = file;
        _bufferStart = position;
        _end = position + Math.Min(length, LongestPickle);
    }

    internal CheckpointFile File { get; }

    /// <summary>Where in the file the next byte stands.</summary>
    internal long Position => _bufferStart + _next;

    internal byte Byte()
    {
        if (_next == _buffered)
        {
            Fill();
        }

        return _buffer[_next++];
    }

    internal short Int16() => BinaryPrimitives.ReadInt16LittleEndian(Bytes(2));

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    internal long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    internal double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    /// <summary>Bytes whose number the pickle gives; it is held against what is left before memory is taken.</summary>
    internal byte[] Bytes(long count)
    {
        if (count < 0 || count > _end - Position)
        {
            throw Short();
        }

        byte[] bytes = new byte[count];
        int written = 0;
        while (written < bytes.Length)
        {
            if (_next == _buffered)
            {
                Fill();
            }

            int some = Math.Min(_buffered - _next, bytes.Length - written);
            _buffer.AsSpan(_next, some).CopyTo(bytes.AsSpan(written));
            _next += some;
            written += some;
        }

        return bytes;
    }

    internal string Text(long bytes) => Encoding.UTF8.GetString(Bytes(bytes));

    /// <summary>Text up to the end of the line.</summary>
    internal string Line()
    {
        List<byte> bytes = [];
        for (byte next = Byte(); next != '\n'; next = Byte())
        {
            bytes.Add(next);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    internal InvalidDataException Bad(string problem) => File.Bad(problem);

    private void Fill()
    {
        long start = Position;
        int count = (int)Math.Min(_buffer.Length, _end - start);
        if (count == 0)
        {
            throw Short();
        }

        File.Read(start, _buffer.AsSpan(0, count));
        (_bufferStart, _buffered, _next) = (start, count, 0);
    }

    private InvalidDataException Short() => File.Bad("is cut off, or is no checkpoint: its list of tensors does not end");
}
