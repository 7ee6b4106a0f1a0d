namespace Detr.Imaging;

/// <summary>Undoes the run-length compression of bitmaps of 4 and 8 bits a pixel.</summary>
internal static class BmpRunLength
{
    /// <summary>The palette indices, [height, width] in the file's order of rows; pixels the codes leave out are 0.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> data, BmpHeader header)
    {
        // Codes may skip rows and pixels, so even a small file may make a large picture, but not without limit.
        if ((long)header.Width * header.Height > Math.Max(1 << 20, (long)data.Length * 256))
        {
            throw BmpHeader.Truncated();
        }

        byte[] indices = new byte[header.Width * header.Height];
        bool isNibbles = header.BitCount == 4;
        (int x, int y, int position) = (0, 0, 0);
        while (y < header.Height)
        {
            if (position + 1 >= data.Length)
            {
                throw BmpHeader.Truncated();
            }

            int count = data[position++];
            int value = data[position++];
            if (count > 0)
            {
                for (int i = 0; i < count && x < header.Width; i++)
                {
                    indices[y * header.Width + x++] = Pick(value, i, isNibbles);
                }
            }
            else if (value == 0)
            {
                (x, y) = (0, y + 1);
            }
            else if (value == 1)
            {
                break;
            }
            else if (value == 2)
            {
                if (position + 1 >= data.Length)
                {
                    throw BmpHeader.Truncated();
                }

                x = Math.Min(header.Width, x + data[position++]);
                y += data[position++];
            }
            else
            {
                int bytes = isNibbles ? (value + 1) / 2 : value;
                if (position + bytes > data.Length)
                {
                    throw BmpHeader.Truncated();
                }

                for (int i = 0; i < value && x < header.Width; i++)
                {
                    indices[y * header.Width + x++] = Pick(data[position + (isNibbles ? i / 2 : i)], i, isNibbles);
                }

                // Literal bytes are padded to pairs.
                position += bytes + (bytes & 1);
            }
        }

        return indices;
    }

    private static byte Pick(int value, int index, bool isNibbles) =>
        (byte)(!isNibbles ? value : (index & 1) == 0 ? value >> 4 : value & 15);
}
