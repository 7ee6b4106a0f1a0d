namespace Detr.Imaging;

/// <summary>A Huffman table for decoding: codes of up to nine bits by one look-up, longer ones by length.</summary>
internal sealed class JpegHuffmanTable
{
    /// <summary>Bits that <see cref="_lookup"/> is indexed by.</summary>
    public const int LookupBits = 9;

    private readonly ushort[] _lookup = new ushort[1 << LookupBits];
    private readonly int[] _limits = new int[18];
    private readonly int[] _offsets = new int[17];
    private readonly byte[] _symbols;

    /// <summary>Builds a table (ITU T.81, annex C).</summary>
    /// <param name="counts">How many codes have 1 to 16 bits.</param>
    /// <param name="symbols">The symbols, shortest code first.</param>
    /// <exception cref="InvalidDataException">There are more codes than their lengths allow.</exception>
    public JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++)
        {
            _offsets[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (code >= 1 << length)
                {
                    throw new InvalidDataException("a JPEG Huffman table is damaged.");
                }

                if (length <= LookupBits)
                {
                    int first = code << (LookupBits - length);
                    _lookup.AsSpan(first, 1 << (LookupBits - length)).Fill((ushort)((length << 8) | symbols[index]));
                }
            }

            // The first code of 16 bits that is longer than this length.
            _limits[length] = code << (16 - length);
            code <<= 1;
        }

        _limits[17] = int.MaxValue;
    }

    /// <summary>Length in bits times 256, plus the symbol, of the code that starts nine bits; 0 where it is longer.</summary>
    public int Lookup(int bits) => _lookup[bits];

    /// <summary>The same for any code, from the next sixteen bits.</summary>
    /// <exception cref="InvalidDataException">No code starts like this.</exception>
    public int Find(int bits)
    {
        int length = LookupBits;
        while (bits >= _limits[length])
        {
            length++;
        }

        int index = length <= 16 ? (bits >> (16 - length)) + _offsets[length] : -1;
        if ((uint)index >= (uint)_symbols.Length)
        {
            throw new InvalidDataException("the JPEG data are damaged: they hold a code that no Huffman table has.");
        }

        return (length << 8) | _symbols[index];
    }
}
