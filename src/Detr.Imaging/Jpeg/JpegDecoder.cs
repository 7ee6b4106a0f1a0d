using System.Buffers.Binary;

namespace Detr.Imaging;

/// <summary>Reads JPEG: baseline, extended sequential and progressive, 8 bits a sample, Huffman-coded (ITU T.81).</summary>
internal ref struct JpegDecoder
{
    // Far more than any encoder writes; a hostile file could otherwise go over its picture thousands of times.
    private const int MaximumScans = 256;

    private readonly ReadOnlySpan<byte> _data;
    private readonly long _maximumPixels;
    private readonly ushort[]?[] _quantization = new ushort[4][];
    private readonly JpegHuffmanTable?[] _dcTables = new JpegHuffmanTable[4];
    private readonly JpegHuffmanTable?[] _acTables = new JpegHuffmanTable[4];
    private JpegFrame? _frame;
    private int _position = 2;
    private int _restartInterval;
    private int _orientation = 1;
    private int _scans;
    private bool _isJfif;
    private int? _adobeTransform;

    private JpegDecoder(ReadOnlySpan<byte> data, long maximumPixels)
    {
        _data = data;
        _maximumPixels = maximumPixels;
    }

    /// <summary>Decodes a picture as stored, and tells its orientation.</summary>
    public static (RgbImage Image, int Orientation) Decode(ReadOnlySpan<byte> data, long maximumPixels)
    {
        JpegDecoder decoder = new(data, maximumPixels);
        decoder.ReadSegments(stopAtScan: false);
        return (decoder.Assemble(), decoder._orientation);
    }

    /// <summary>Reads no further than the first scan.</summary>
    public static (int Width, int Height, int Orientation) Identify(ReadOnlySpan<byte> data)
    {
        JpegDecoder decoder = new(data, long.MaxValue);
        decoder.ReadSegments(stopAtScan: true);
        JpegFrame frame = decoder._frame ?? throw new InvalidDataException("the JPEG has no frame header.");
        return (frame.Width, frame.Height, decoder._orientation);
    }

    private static InvalidDataException Truncated() => new("the JPEG data end before the picture does; the file is truncated or damaged.");

    private void ReadSegments(bool stopAtScan)
    {
        while (true)
        {
            int marker = NextMarker();
            if (marker == 0xD9)
            {
                return;
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue;
            }

            ReadOnlySpan<byte> segment = NextSegment();
            switch (marker)
            {
                case 0xC4:
                    ReadHuffmanTables(segment);
                    break;
                case 0xC8 or 0xCC:
                    break;
                case >= 0xC0 and <= 0xCF:
                    if (_frame is not null)
                    {
                        throw new InvalidDataException("the JPEG has more than one frame header.");
                    }

                    _frame = JpegFrame.Parse(marker, segment, _maximumPixels);
                    break;
                case 0xDA when stopAtScan:
                    return;
                case 0xDA:
                    ReadScan(segment);
                    if (IsComplete())
                    {
                        return;
                    }

                    break;
                case 0xDB:
                    ReadQuantization(segment);
                    break;
                case 0xDD when segment.Length >= 2:
                    _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xE0 when segment.StartsWith("JFIF\0"u8):
                    _isJfif = true;
                    break;
                case 0xE1 when segment.StartsWith("Exif\0\0"u8):
                    _orientation = ExifOrientation.Parse(segment[6..]);
                    break;
                case 0xEE when segment.Length >= 12 && segment.StartsWith("Adobe"u8):
                    _adobeTransform = segment[11];
                    break;
            }
        }
    }

    /// <summary>A sequential picture is whole when every component had its scan, whatever follows.</summary>
    private readonly bool IsComplete() =>
        _frame is { IsProgressive: false } frame && frame.Components.All(component => component.Quantization is not null);

    private int NextMarker()
    {
        // Bytes that belong to no segment are passed over, as are any number of fill bytes 0xFF.
        int position = _position;
        while (position + 1 < _data.Length && (_data[position] != 0xFF || _data[position + 1] is 0 or 0xFF))
        {
            position++;
        }

        if (position + 1 >= _data.Length)
        {
            throw Truncated();
        }

        _position = position + 2;
        return _data[position + 1];
    }

    private ReadOnlySpan<byte> NextSegment()
    {
        int length = _position + 2 <= _data.Length ? BinaryPrimitives.ReadUInt16BigEndian(_data[_position..]) : 0;
        if (_position + Math.Max(length, 2) > _data.Length)
        {
            throw Truncated();
        }

        if (length < 2)
        {
            throw new InvalidDataException("a JPEG segment has an impossible length; the file is damaged.");
        }

        ReadOnlySpan<byte> segment = _data.Slice(_position + 2, length - 2);
        _position += length;
        return segment;
    }

    private readonly void ReadQuantization(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            bool isWide = segment[0] >> 4 != 0;
            int index = segment[0] & 15;
            int bytes = isWide ? 128 : 64;
            if (index > 3 || segment.Length < 1 + bytes)
            {
                throw new InvalidDataException("a JPEG quantisation table is damaged.");
            }

            ushort[] table = new ushort[64];
            for (int i = 0; i < 64; i++)
            {
                table[JpegZigzag.Natural[i]] = isWide
                    ? BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + 2 * i)..])
                    : segment[1 + i];
            }

            _quantization[index] = table;
            segment = segment[(1 + bytes)..];
        }
    }

    private readonly void ReadHuffmanTables(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int count = 0;
            for (int i = 1; i <= 16 && i < segment.Length; i++)
            {
                count += segment[i];
            }

            if (segment.Length < 17 + count || count > 256 || (segment[0] & 15) > 3 || segment[0] >> 4 > 1)
            {
                throw new InvalidDataException("a JPEG Huffman table is damaged.");
            }

            JpegHuffmanTable table = new(segment.Slice(1, 16), segment.Slice(17, count));
            (segment[0] >> 4 == 0 ? _dcTables : _acTables)[segment[0] & 15] = table;
            segment = segment[(17 + count)..];
        }
    }

    private void ReadScan(ReadOnlySpan<byte> header)
    {
        JpegFrame frame = _frame ?? throw new InvalidDataException("the JPEG has a scan before its frame header.");
        if (_scans++ == 0)
        {
            frame.Allocate(_data.Length);
        }

        int count = header.IsEmpty ? 0 : header[0];
        if (_scans > MaximumScans || count is < 1 or > 4 || header.Length < 4 + 2 * count)
        {
            throw new InvalidDataException("a JPEG scan header is damaged.");
        }

        ReadOnlySpan<byte> end = header[(1 + 2 * count)..];
        (int start, int stop, int high, int low) = frame.IsProgressive ? (end[0], end[1], end[2] >> 4, end[2] & 15) : (0, 63, 0, 0);
        bool isBandWrong = start == 0 ? frame.IsProgressive && stop != 0 : stop < start || stop > 63 || count != 1;
        if (isBandWrong || low > 13 || (high != 0 && high != low + 1))
        {
            throw new InvalidDataException("a JPEG scan header is damaged.");
        }

        JpegComponent[] components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            int id = header[1 + 2 * i];
            int tables = header[2 + 2 * i];
            JpegComponent? component = frame.Components.FirstOrDefault(candidate => candidate.Id == id);
            if (component is null || Array.IndexOf(components, component) >= 0 || tables >> 4 > 3 || (tables & 15) > 3)
            {
                throw new InvalidDataException("a JPEG scan header is damaged.");
            }

            component.DcTable = _dcTables[tables >> 4];
            component.AcTable = _acTables[tables & 15];
            component.DcPrediction = 0;
            component.Quantization ??= _quantization[component.QuantizationIndex]
                ?? throw new InvalidDataException("the JPEG lacks a quantisation table.");
            bool needsDc = start == 0 && high == 0;
            bool needsAc = stop > 0;
            if ((needsDc && component.DcTable is null) || (needsAc && component.AcTable is null))
            {
                throw new InvalidDataException("the JPEG lacks a Huffman table.");
            }

            components[i] = component;
        }

        JpegScan scan = new(frame, components, new JpegBitReader(_data, _position))
        {
            SpectralStart = start,
            SpectralEnd = stop,
            ApproximationHigh = high,
            ApproximationLow = low,
            RestartInterval = _restartInterval,
        };
        _position = scan.Decode();
    }

    private readonly RgbImage Assemble()
    {
        JpegFrame frame = _frame ?? throw new InvalidDataException("the JPEG has no frame header.");
        if (frame.Components.Any(component => component.Quantization is null))
        {
            throw Truncated();
        }

        if (frame.IsProgressive)
        {
            foreach (JpegComponent component in frame.Components)
            {
                InvertCoefficients(component);
            }
        }

        JpegColorSpace space = ColorSpace(frame);
        ChromaUpsampler[] upsamplers = [.. frame.Components.Select(component => new ChromaUpsampler(frame, component))];
        RgbImage image = new(frame.Width, frame.Height);
        for (int y = 0; y < image.Height; y++)
        {
            JpegColor.Convert(
                space,
                upsamplers[0].Row(y),
                upsamplers.Length > 1 ? upsamplers[1].Row(y) : [],
                upsamplers.Length > 2 ? upsamplers[2].Row(y) : [],
                upsamplers.Length > 3 ? upsamplers[3].Row(y) : [],
                image.Row(y));
        }

        return image;
    }

    private static void InvertCoefficients(JpegComponent component)
    {
        for (int y = 0; y < component.BlocksDown; y++)
        {
            for (int x = 0; x < component.BlocksAcross; x++)
            {
                InverseDct.Execute(
                    component.Coefficients.AsSpan((y * component.BlocksAcross + x) * 64, 64),
                    component.Quantization!,
                    component.Samples.AsSpan(y * 8 * component.Stride + x * 8),
                    component.Stride);
            }
        }
    }

    /// <summary>What the components mean, guessed as libjpeg guesses: JFIF, then Adobe's marker, then the identifiers.</summary>
    private readonly JpegColorSpace ColorSpace(JpegFrame frame)
    {
        switch (frame.Components.Count)
        {
            case 1:
                return JpegColorSpace.Gray;
            case 4:
                return _adobeTransform is null or 0 ? JpegColorSpace.Cmyk : JpegColorSpace.Ycck;
        }

        if (_isJfif)
        {
            return JpegColorSpace.YCbCr;
        }

        bool isNamedRgb = frame.Components[0].Id == 'R' && frame.Components[1].Id == 'G' && frame.Components[2].Id == 'B';
        return _adobeTransform is 0 || (_adobeTransform is null && isNamedRgb) ? JpegColorSpace.Rgb : JpegColorSpace.YCbCr;
    }
}
