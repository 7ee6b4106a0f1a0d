using System.Buffers.Binary;

namespace Detr.Imaging;

/// <summary>The orientation of a photograph: EXIF tag 0x0112, one of eight ways the camera was held.</summary>
internal static class ExifOrientation
{
    private const int OrientationTag = 0x0112;

    /// <summary>Finds the orientation in EXIF data (a TIFF header and directory); 1, upright, where there is none.</summary>
    public static int Parse(ReadOnlySpan<byte> exif)
    {
        bool isLittle = exif.StartsWith("II*\0"u8);
        if (exif.Length < 10 || (!isLittle && !exif.StartsWith("MM\0*"u8)))
        {
            return 1;
        }

        uint directory = isLittle
            ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (directory > (uint)exif.Length - 2)
        {
            return 1;
        }

        ReadOnlySpan<byte> entries = exif[((int)directory + 2)..];
        int count = ReadUInt16(exif[(int)directory..], isLittle);
        for (int i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            // Type 3 is a 16-bit number, which stands in the first half of the value field.
            if (ReadUInt16(entries, isLittle) == OrientationTag && ReadUInt16(entries[2..], isLittle) == 3)
            {
                int orientation = ReadUInt16(entries[8..], isLittle);
                return orientation is >= 1 and <= 8 ? orientation : 1;
            }
        }

        return 1;
    }

    /// <summary>Turns a picture upright.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">1 to 8; 1 gives the picture itself.</param>
    public static RgbImage Apply(RgbImage image, int orientation)
    {
        if (orientation is < 2 or > 8)
        {
            return image;
        }

        bool isTransposed = orientation >= 5;
        RgbImage upright = isTransposed ? new(image.Height, image.Width) : new(image.Width, image.Height);

        // Orientations 5 to 8 swap the axes first; these flags flip the stored axes.
        bool flipX = orientation is 2 or 3 or 7 or 8;
        bool flipY = orientation is 3 or 4 or 6 or 7;
        ReadOnlySpan<byte> source = image.Pixels;
        for (int y = 0; y < upright.Height; y++)
        {
            Span<byte> row = upright.Row(y);
            for (int x = 0; x < upright.Width; x++)
            {
                (int sourceX, int sourceY) = isTransposed ? (y, x) : (x, y);
                sourceX = flipX ? image.Width - 1 - sourceX : sourceX;
                sourceY = flipY ? image.Height - 1 - sourceY : sourceY;
                source.Slice((sourceY * image.Width + sourceX) * 3, 3).CopyTo(row[(x * 3)..]);
            }
        }

        return upright;
    }

    private static int ReadUInt16(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
