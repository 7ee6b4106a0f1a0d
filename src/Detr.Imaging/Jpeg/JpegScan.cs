namespace Detr.Imaging;

/// <summary>Decodes the entropy-coded data of one scan.</summary>
/// <remarks>ITU T.81, annex F for sequential scans, annex G for progressive ones.</remarks>
internal ref struct JpegScan(JpegFrame frame, JpegComponent[] components, JpegBitReader reader)
{
    private readonly JpegFrame _frame = frame;
    private readonly JpegComponent[] _components = components;
    private readonly short[] _scratch = new short[64];
    private JpegBitReader _reader = reader;
    private int _endOfBandRun;

    /// <summary>First coefficient of the scan in zigzag order.</summary>
    public int SpectralStart { get; init; }

    /// <summary>Last coefficient of the scan.</summary>
    public int SpectralEnd { get; init; }

    /// <summary>Bit position that an earlier scan reached; 0 for a first scan.</summary>
    public int ApproximationHigh { get; init; }

    /// <summary>Bit position that this scan reaches.</summary>
    public int ApproximationLow { get; init; }

    /// <summary>MCUs between restart markers; 0 for none.</summary>
    public int RestartInterval { get; init; }

    /// <summary>Decodes the scan.</summary>
    /// <returns>Where the bytes after it begin.</returns>
    /// <exception cref="InvalidDataException">The data are damaged or end early.</exception>
    public int Decode()
    {
        // A scan of one component has no MCU padding: its blocks are those that hold samples.
        bool isInterleaved = _components.Length > 1;
        int across = isInterleaved ? _frame.McusAcross : JpegFrame.DivideUp(_components[0].Width, 8);
        int down = isInterleaved ? _frame.McusDown : JpegFrame.DivideUp(_components[0].Height, 8);
        int untilRestart = RestartInterval;
        int restartNumber = 0;
        for (int y = 0; y < down; y++)
        {
            for (int x = 0; x < across; x++)
            {
                if (RestartInterval > 0 && untilRestart-- == 0)
                {
                    _reader.Restart(restartNumber);
                    restartNumber = (restartNumber + 1) & 7;
                    untilRestart = RestartInterval - 1;
                    _endOfBandRun = 0;
                    foreach (JpegComponent component in _components)
                    {
                        component.DcPrediction = 0;
                    }
                }

                if (!isInterleaved)
                {
                    DecodeBlock(_components[0], x, y);
                    continue;
                }

                foreach (JpegComponent component in _components)
                {
                    int left = x * component.HorizontalSampling;
                    int top = y * component.VerticalSampling;
                    for (int v = 0; v < component.VerticalSampling; v++)
                    {
                        for (int h = 0; h < component.HorizontalSampling; h++)
                        {
                            DecodeBlock(component, left + h, top + v);
                        }
                    }
                }
            }

            _reader.ThrowIfPastEnd();
        }

        return _reader.Position;
    }

    private void DecodeBlock(JpegComponent component, int x, int y)
    {
        if (!_frame.IsProgressive)
        {
            Span<short> scratch = _scratch;
            scratch.Clear();
            bool isFlat = DecodeSequential(component, scratch);
            Span<byte> samples = component.Samples.AsSpan(y * 8 * component.Stride + x * 8);
            if (isFlat)
            {
                InverseDct.Flat(scratch[0], component.Quantization!, samples, component.Stride);
            }
            else
            {
                InverseDct.Execute(scratch, component.Quantization!, samples, component.Stride);
            }

            return;
        }

        Span<short> block = component.Coefficients.AsSpan((y * component.BlocksAcross + x) * 64, 64);
        if (SpectralStart == 0)
        {
            DecodeDcProgressive(component, block);
        }
        else if (ApproximationHigh == 0)
        {
            DecodeAcFirst(component.AcTable!, block);
        }
        else
        {
            DecodeAcRefinement(component.AcTable!, block);
        }
    }

    /// <summary>Decodes a whole block; true where nothing but its mean is set.</summary>
    private bool DecodeSequential(JpegComponent component, Span<short> block)
    {
        ReadOnlySpan<byte> natural = JpegZigzag.Natural;
        JpegHuffmanTable table = component.AcTable!;
        block[0] = (short)NextDc(component);
        int k = 1;
        bool isFlat = true;
        while (k < 64)
        {
            int symbol = _reader.Decode(table);
            int size = symbol & 15;
            if (size == 0)
            {
                if (symbol != 0xF0)
                {
                    break;
                }

                k += 16;
                continue;
            }

            k += symbol >> 4;
            block[natural[k++]] = (short)_reader.TakeSignedAfterSymbol(size);
            isFlat = false;
        }

        return isFlat;
    }

    private int NextDc(JpegComponent component)
    {
        int size = _reader.Decode(component.DcTable!);
        if (size > 15)
        {
            throw new InvalidDataException("the JPEG data are damaged: a DC difference has more than 15 bits.");
        }

        if (size > 0)
        {
            component.DcPrediction += _reader.TakeSignedAfterSymbol(size);
        }

        return component.DcPrediction;
    }

    private void DecodeDcProgressive(JpegComponent component, Span<short> block)
    {
        if (ApproximationHigh == 0)
        {
            block[0] = (short)(NextDc(component) << ApproximationLow);
        }
        else if (_reader.TakeBit() != 0)
        {
            block[0] |= (short)(1 << ApproximationLow);
        }
    }

    private void DecodeAcFirst(JpegHuffmanTable table, Span<short> block)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return;
        }

        ReadOnlySpan<byte> natural = JpegZigzag.Natural;
        for (int k = SpectralStart; k <= SpectralEnd; k++)
        {
            int symbol = _reader.Decode(table);
            int run = symbol >> 4;
            int size = symbol & 15;
            if (size != 0)
            {
                k += run;
                block[natural[k]] = (short)(_reader.TakeSignedAfterSymbol(size) << ApproximationLow);
            }
            else if (run == 15)
            {
                k += 15;
            }
            else
            {
                _endOfBandRun = (1 << run) - 1;
                if (run > 0)
                {
                    _endOfBandRun += _reader.TakeAfterSymbol(run);
                }

                return;
            }
        }
    }

    private void DecodeAcRefinement(JpegHuffmanTable table, Span<short> block)
    {
        ReadOnlySpan<byte> natural = JpegZigzag.Natural;
        int k = SpectralStart;
        if (_endOfBandRun == 0)
        {
            for (; k <= SpectralEnd; k++)
            {
                int symbol = _reader.Decode(table);
                int run = symbol >> 4;
                int value = 0;
                if ((symbol & 15) != 0)
                {
                    value = _reader.TakeAfterSymbol(1) != 0 ? 1 << ApproximationLow : -1 << ApproximationLow;
                }
                else if (run < 15)
                {
                    _endOfBandRun = 1 << run;
                    if (run > 0)
                    {
                        _endOfBandRun += _reader.TakeAfterSymbol(run);
                    }

                    break;
                }

                k = Refine(block, k, run);
                if (value != 0 && k <= SpectralEnd)
                {
                    block[natural[k]] = (short)value;
                }
            }
        }

        if (_endOfBandRun > 0)
        {
            Refine(block, k, int.MaxValue);
            _endOfBandRun--;
        }
    }

    /// <summary>Corrects coefficients that are not zero, until so many zeros are passed or the band ends.</summary>
    /// <returns>Where it stopped: on the zero after the run, or past the band.</returns>
    private int Refine(Span<short> block, int k, int zeros)
    {
        ReadOnlySpan<byte> natural = JpegZigzag.Natural;
        int bit = 1 << ApproximationLow;
        for (; k <= SpectralEnd; k++)
        {
            ref short coefficient = ref block[natural[k]];
            if (coefficient == 0)
            {
                if (zeros-- == 0)
                {
                    break;
                }
            }
            else if (_reader.TakeBit() != 0 && (coefficient & bit) == 0)
            {
                coefficient += (short)(coefficient >= 0 ? bit : -bit);
            }
        }

        return k;
    }
}
