using System.Buffers.Binary;

namespace Detr.Imaging;

/// <summary>What a JPEG's frame header says: size, process and components.</summary>
internal sealed class JpegFrame
{
    private JpegFrame(int width, int height, bool isProgressive, JpegComponent[] components)
    {
        Width = width;
        Height = height;
        IsProgressive = isProgressive;
        Components = components;
        MaximumHorizontal = components.Max(component => component.HorizontalSampling);
        MaximumVertical = components.Max(component => component.VerticalSampling);
        McusAcross = DivideUp(width, 8 * MaximumHorizontal);
        McusDown = DivideUp(height, 8 * MaximumVertical);
        foreach (JpegComponent component in components)
        {
            component.Width = DivideUp(width * component.HorizontalSampling, MaximumHorizontal);
            component.Height = DivideUp(height * component.VerticalSampling, MaximumVertical);
            component.BlocksAcross = McusAcross * component.HorizontalSampling;
            component.BlocksDown = McusDown * component.VerticalSampling;
        }
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Whether coefficients come in several scans.</summary>
    public bool IsProgressive { get; }

    /// <summary>The components, in the file's order.</summary>
    public IReadOnlyList<JpegComponent> Components { get; }

    /// <summary>The largest horizontal sampling factor.</summary>
    public int MaximumHorizontal { get; }

    /// <summary>The largest vertical sampling factor.</summary>
    public int MaximumVertical { get; }

    /// <summary>MCUs in a row of an interleaved scan.</summary>
    public int McusAcross { get; }

    /// <summary>Rows of MCUs of an interleaved scan.</summary>
    public int McusDown { get; }

    /// <summary>Reads a frame header (ITU T.81, B.2.2); takes no memory for samples yet.</summary>
    /// <param name="marker">Its marker, 0xC0 to 0xCF.</param>
    /// <param name="segment">Its contents, without marker and length.</param>
    /// <param name="maximumPixels">More pixels are refused.</param>
    public static JpegFrame Parse(int marker, ReadOnlySpan<byte> segment, long maximumPixels)
    {
        string? unsupported = marker switch
        {
            0xC3 or 0xC7 or 0xCB or 0xCF => "lossless",
            0xC9 or 0xCA or 0xCD or 0xCE => "arithmetic-coded",
            0xC5 or 0xC6 => "hierarchical",
            _ => null,
        };
        if (unsupported is not null)
        {
            throw new InvalidDataException($"this is a JPEG of the {unsupported} kind, which is not supported; convert it to baseline JPEG or PNG.");
        }

        if (segment.Length < 6 || segment.Length < 6 + 3 * segment[5])
        {
            throw new InvalidDataException("the JPEG frame header is damaged.");
        }

        if (segment[0] != 8)
        {
            throw new InvalidDataException($"this is a JPEG of {segment[0]} bits a sample, and only 8 are supported; convert it to baseline JPEG or PNG.");
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        PictureSize.Check(width, height, maximumPixels);
        int count = segment[5];
        if (count is not (1 or 3 or 4))
        {
            throw new InvalidDataException($"this JPEG has {count} colour components, and only 1, 3 and 4 are supported.");
        }

        JpegComponent[] components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> fields = segment[(6 + 3 * i)..];
            components[i] = new JpegComponent
            {
                Id = fields[0],
                HorizontalSampling = fields[1] >> 4,
                VerticalSampling = fields[1] & 15,
                QuantizationIndex = fields[2],
            };
            if (components[i] is not { HorizontalSampling: >= 1 and <= 4, VerticalSampling: >= 1 and <= 4, QuantizationIndex: <= 3 })
            {
                throw new InvalidDataException("the JPEG frame header is damaged.");
            }
        }

        JpegFrame frame = new(width, height, marker == 0xC2, components);
        if (components.Any(component => frame.MaximumHorizontal % component.HorizontalSampling != 0
            || frame.MaximumVertical % component.VerticalSampling != 0))
        {
            throw new InvalidDataException("this JPEG's components are sampled in a fractional ratio, which is not supported; convert it to PNG.");
        }

        return frame;
    }

    /// <summary>Takes the memory for samples, and for coefficients where they come piecemeal.</summary>
    /// <param name="fileBytes">Bytes in the file: every block takes at least one bit of it.</param>
    /// <exception cref="InvalidDataException">The file cannot hold as many blocks as its header claims.</exception>
    public void Allocate(long fileBytes)
    {
        if (Components.Sum(component => (long)DivideUp(component.Width, 8) * DivideUp(component.Height, 8)) > fileBytes * 8)
        {
            throw new InvalidDataException($"the header gives a size of {Width}×{Height}, more than a file of {fileBytes} bytes can hold; it is truncated or damaged.");
        }

        foreach (JpegComponent component in Components)
        {
            long samples = (long)component.BlocksAcross * component.BlocksDown * 64;
            if (samples > Array.MaxLength)
            {
                throw new InvalidDataException($"the header gives a size of {Width}×{Height}, which is too large.");
            }

            component.Samples = new byte[samples];
            component.Coefficients = IsProgressive ? new short[samples] : [];
        }
    }

    /// <summary>Quotient of two positive numbers, rounded up.</summary>
    public static int DivideUp(int dividend, int divisor) => (dividend + divisor - 1) / divisor;
}
