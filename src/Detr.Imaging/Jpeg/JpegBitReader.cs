using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Detr.Imaging;

/// <summary>Reads the entropy-coded bits between two markers, through a reservoir of 64 bits.</summary>
/// <remarks>
/// Past the end of the segment the bits are zeros, as many as one likes; <see cref="ThrowIfPastEnd"/> tells whether any
/// of them was taken, so that the hot paths need no check.
/// </remarks>
internal ref struct JpegBitReader(ReadOnlySpan<byte> data, int position)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position = position;
    private ulong _bits;
    private int _count;
    private int _invented;

    /// <summary>Where the next byte comes from; never beyond a marker.</summary>
    public readonly int Position => _position;

    /// <summary>Decodes one symbol. At least 40 bits are in the reservoir afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Decode(JpegHuffmanTable table)
    {
        if (_count < 56)
        {
            Fill();
        }

        int found = table.Lookup((int)(_bits >> (64 - JpegHuffmanTable.LookupBits)));
        if (found == 0)
        {
            found = table.Find((int)(_bits >> 48));
        }

        Skip(found >> 8);
        return found & 0xFF;
    }

    /// <summary>Reads 1 to 16 bits that follow a symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeAfterSymbol(int count)
    {
        int value = (int)(_bits >> (64 - count));
        Skip(count);
        return value;
    }

    /// <summary>Reads 1 to 16 bits that follow a symbol and extends their sign (ITU T.81, F.2.2.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSignedAfterSymbol(int count)
    {
        int value = TakeAfterSymbol(count);
        int isNegative = (value >> (count - 1)) - 1;
        return value + (isNegative & ((-1 << count) + 1));
    }

    /// <summary>Reads one bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeBit()
    {
        if (_count < 1)
        {
            Fill();
        }

        return TakeAfterSymbol(1);
    }

    /// <summary>Refuses data that ended before the picture did.</summary>
    /// <exception cref="InvalidDataException">Bits were taken that the segment does not have.</exception>
    public readonly void ThrowIfPastEnd()
    {
        if (_count < _invented)
        {
            throw new InvalidDataException("the JPEG data end before the picture does; the file is truncated or damaged.");
        }
    }

    /// <summary>Goes past the restart marker that has to come next.</summary>
    /// <param name="number">Its number, 0 to 7.</param>
    /// <exception cref="InvalidDataException">Another marker comes, or none.</exception>
    public void Restart(int number)
    {
        ThrowIfPastEnd();
        int next = _position;
        while (next + 1 < _data.Length && (_data[next] != 0xFF || _data[next + 1] is 0 or 0xFF))
        {
            next++;
        }

        if (next + 1 >= _data.Length || _data[next + 1] == 0xD9)
        {
            throw new InvalidDataException("the JPEG data end before the picture does; the file is truncated or damaged.");
        }

        if (_data[next + 1] != 0xD0 + number)
        {
            throw new InvalidDataException("a JPEG restart marker is missing or out of order; the file is damaged.");
        }

        _position = next + 2;
        (_bits, _count, _invented) = (0, 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Skip(int count)
    {
        _bits <<= count;
        _count -= count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fill()
    {
        if (_position + 8 <= _data.Length)
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(_data[_position..]);
            bool hasMarkerByte = ((~next - 0x0101010101010101) & next & 0x8080808080808080) != 0;
            if (!hasMarkerByte)
            {
                // Bits of a byte that fits only in part come again, in the same places, with the next filling.
                int bytes = (64 - _count) >> 3;
                _bits |= next >> _count;
                _position += bytes;
                _count += bytes * 8;
                return;
            }
        }

        while (_count <= 56)
        {
            ulong value = 0;
            if (_position < _data.Length && _data[_position] != 0xFF)
            {
                value = _data[_position++];
            }
            else if (_position + 1 < _data.Length && _data[_position + 1] == 0)
            {
                value = 0xFF;
                _position += 2;
            }
            else
            {
                _invented += 8;
            }

            _bits |= value << (56 - _count);
            _count += 8;
        }
    }
}
