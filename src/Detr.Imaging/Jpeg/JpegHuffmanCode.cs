namespace Detr.Imaging;

/// <summary>A Huffman table for encoding.</summary>
internal sealed class JpegHuffmanCode
{
    private readonly ushort[] _codes = new ushort[256];
    private readonly byte[] _lengths = new byte[256];

    /// <summary>Builds the codes (ITU T.81, annex C).</summary>
    /// <param name="counts">How many codes have 1 to 16 bits.</param>
    /// <param name="symbols">The symbols, shortest code first.</param>
    public JpegHuffmanCode(byte[] counts, byte[] symbols)
    {
        Counts = counts;
        Symbols = symbols;
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++, code <<= 1)
        {
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                _codes[symbols[index]] = (ushort)code;
                _lengths[symbols[index]] = (byte)length;
            }
        }
    }

    /// <summary>How many codes have 1 to 16 bits.</summary>
    public byte[] Counts { get; }

    /// <summary>The symbols, shortest code first.</summary>
    public byte[] Symbols { get; }

    /// <summary>The code of a symbol and its length in bits.</summary>
    public (int Code, int Length) this[int symbol] => (_codes[symbol], _lengths[symbol]);
}
