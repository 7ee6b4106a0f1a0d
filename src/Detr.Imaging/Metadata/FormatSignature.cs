namespace Detr.Imaging;

/// <summary>Tells formats apart by a file's first bytes.</summary>
internal static class FormatSignature
{
    /// <summary>The format of a file.</summary>
    /// <exception cref="InvalidDataException">It is none that can be read; the message names it where it is known.</exception>
    public static ImageFormat Detect(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            throw new InvalidDataException("the file is empty.");
        }

        if (data.StartsWith<byte>([0xFF, 0xD8, 0xFF]))
        {
            return ImageFormat.Jpeg;
        }

        if (data.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return ImageFormat.Png;
        }

        if (data.Length > 14 && data.StartsWith("BM"u8))
        {
            return ImageFormat.Bmp;
        }

        if (data.Length > 3 && data[0] == 'P' && data[1] is >= (byte)'1' and <= (byte)'6'
            && data[2] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'#')
        {
            return ImageFormat.Ppm;
        }

        throw new InvalidDataException(Known(data) is { } known
            ? $"this is {known} file, which is not supported; convert it to JPEG or PNG."
            : "this is no picture in a known format; JPEG, PNG, BMP and PPM can be read.");
    }

    private static string? Known(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith("GIF8"u8))
        {
            return "a GIF";
        }

        if (data.StartsWith("II*\0"u8) || data.StartsWith("MM\0*"u8))
        {
            return "a TIFF";
        }

        if (data.Length < 12)
        {
            return null;
        }

        if (data.StartsWith("RIFF"u8) && data[8..].StartsWith("WEBP"u8))
        {
            return "a WebP";
        }

        if (data.StartsWith<byte>([0, 0, 0, 12]) && data[4..].StartsWith("jP  "u8))
        {
            return "a JPEG 2000";
        }

        if (data[4..].StartsWith("ftypavi"u8))
        {
            return "an AVIF";
        }

        return data[4..].StartsWith("ftyphe"u8) || data[4..].StartsWith("ftypm"u8) ? "a HEIC" : null;
    }
}
