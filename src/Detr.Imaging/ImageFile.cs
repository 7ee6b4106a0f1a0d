namespace Detr.Imaging;

/// <summary>Reads pictures: JPEG, PNG, BMP and the netpbm formats (PPM, PGM, PBM), told apart by their first bytes.</summary>
/// <remarks>
/// The bytes equal those of Pillow's <c>convert("RGB")</c>; alpha and embedded colour profiles are dropped. The one
/// exception is 16-bit grey, which keeps its high byte where Pillow would clip at 255.
/// </remarks>
public static class ImageFile
{
    private const int HeaderBytes = 1 << 16;

    /// <summary>Reads a picture from a file.</summary>
    /// <param name="path">The file; its extension does not matter.</param>
    /// <param name="options">Limits and orientation; null for the usual.</param>
    /// <exception cref="InvalidDataException">The file is not a picture, is damaged, or is of an unsupported kind.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RgbImage Read(string path, ImageReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(ReadFile(path), path, options);
    }

    /// <summary>Reads a picture from the bytes of a file.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="options">Limits and orientation; null for the usual.</param>
    /// <exception cref="InvalidDataException">The data are no picture, are damaged, or are of an unsupported kind.</exception>
    public static RgbImage Read(ReadOnlySpan<byte> data, string name, ImageReadOptions? options = null)
    {
        options ??= new ImageReadOptions();
        try
        {
            (RgbImage image, int orientation) = FormatSignature.Detect(data) switch
            {
                ImageFormat.Jpeg => JpegDecoder.Decode(data, options.MaximumPixels),
                ImageFormat.Png => PngDecoder.Decode(data, options.MaximumPixels),
                ImageFormat.Bmp => (BmpDecoder.Decode(data, options.MaximumPixels), 1),
                _ => (PpmDecoder.Decode(data, options.MaximumPixels), 1),
            };
            return options.ApplyOrientation ? ExifOrientation.Apply(image, orientation) : image;
        }
        catch (InvalidDataException exception)
        {
            throw Named(name, exception);
        }
    }

    /// <summary>Size and format of a picture file, from its header alone.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not a picture, or its header is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageInfo Identify(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] start;
        bool isWhole;
        using (FileStream stream = File.OpenRead(path))
        {
            start = new byte[(int)Math.Min(stream.Length, HeaderBytes)];
            stream.ReadExactly(start);
            isWhole = stream.Length <= HeaderBytes;
        }

        try
        {
            return Identify(start);
        }
        catch (InvalidDataException exception) when (isWhole)
        {
            throw Named(path, exception);
        }
        catch (InvalidDataException)
        {
            // Metadata may push the size, or PNG's orientation, beyond the first bytes.
        }

        try
        {
            return Identify(ReadFile(path));
        }
        catch (InvalidDataException exception)
        {
            throw Named(path, exception);
        }
    }

    private static ImageInfo Identify(ReadOnlySpan<byte> data)
    {
        ImageFormat format = FormatSignature.Detect(data);
        (int width, int height, int orientation) = format switch
        {
            ImageFormat.Jpeg => JpegDecoder.Identify(data),
            ImageFormat.Png => PngDecoder.Identify(data),
            ImageFormat.Bmp => BmpDecoder.Identify(data),
            _ => PpmDecoder.Identify(data),
        };
        return orientation >= 5 ? new ImageInfo(height, width, format) { IsStoredLying = true } : new ImageInfo(width, height, format);
    }

    private static byte[] ReadFile(string path)
    {
        if (new FileInfo(path) is { Exists: true } file && file.Length > Array.MaxLength)
        {
            throw new InvalidDataException($"Cannot read '{path}': the file is larger than 2 GB.");
        }

        return File.ReadAllBytes(path);
    }

    private static InvalidDataException Named(string name, InvalidDataException exception) =>
        new($"Cannot read '{name}': {exception.Message}", exception);
}
