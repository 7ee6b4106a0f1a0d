using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// The forward pass of an attention. A task is a head and as many queries as a microkernel has columns: a query is a lane
/// of the vectors from the first product to the last. Scores [keys, lanes] stand as the next product reads them; largest
/// score, exponentials and sums go down the lanes; keys and values are read where they stand.
/// </summary>
internal unsafe struct AttentionForward : IRangeBody
{
    private readonly ScratchMemory _scratch;
    private readonly AttentionShape _shape;
    private readonly AttentionWeighting _weighting;
    private readonly Microkernel _kernel;
    private readonly int _blocks;

    internal AttentionForward(ScratchMemory scratch, in AttentionShape shape, in AttentionWeighting weighting)
    {
        (_scratch, _shape, _weighting, _kernel) = (scratch, shape, weighting, Microkernel.Best);
        _blocks = (shape.Queries + _kernel.Columns - 1) / _kernel.Columns;
    }

    internal required float* Q { get; init; }

    internal required float* K { get; init; }

    internal required float* V { get; init; }

    /// <summary>Takes all probabilities, or null.</summary>
    internal required float* Probabilities { get; init; }

    internal required float* Output { get; init; }

    /// <summary>How many tasks there are.</summary>
    internal readonly int Tasks => _shape.Batch * _shape.Heads * _blocks;

    private readonly int Lanes => _kernel.Columns;

    public readonly void Execute(int start, int end)
    {
        int keys = _shape.Keys, size = _shape.ValueSize, lanes = Lanes;
        int outputs = (size + ValueMicrokernel.Rows - 1) / ValueMicrokernel.Rows * ValueMicrokernel.Rows;
        using ScratchMemory.Lease queries = _scratch.Rent(_shape.HeadSize * (lanes + _kernel.Rows));
        using ScratchMemory.Lease scores = _scratch.Rent((keys + _kernel.Rows) * lanes);
        using ScratchMemory.Lease result = _scratch.Rent((outputs + 2) * lanes);
        using ScratchMemory.Lease values = _scratch.Rent(outputs == size ? 0 : keys * outputs);
        float* largest = result.Pointer + (outputs * lanes), sums = largest + lanes;
        for (int task = start; task < end; task++)
        {
            (int sequence, int block) = Math.DivRem(task, _blocks);
            int first = block * lanes, count = Math.Min(lanes, _shape.Queries - first);
            HeadPlace place = new(_shape, sequence, first);
            PackQueries(place, count, queries.Pointer);
            MakeScores(place, first, count, queries.Pointer, scores.Pointer, largest);
            ColumnSoftmax.Exponentials(scores.Pointer, keys, lanes, largest, sums);
            Invert(sums, lanes);
            long index = (((long)sequence * _shape.Queries) + first) * keys;
            if (Probabilities != null)
            {
                StoreProbabilities(scores.Pointer, sums, count, Probabilities + index);
            }

            if (_weighting.Drops)
            {
                _weighting.Drop(scores.Pointer, lanes, count, index);
            }

            SumValues(place, outputs, scores.Pointer, values.Pointer, result.Pointer);
            StoreOutput(place, first, count, result.Pointer, sums);
        }
    }

    /// <summary>Queries as a panel [size, lanes], divided by √size; lanes without a query are zero.</summary>
    private readonly void PackQueries(in HeadPlace place, int count, float* panel)
    {
        new MatrixOperand(Q + place.Query, _shape.Channels, alongDepth: true).Pack(0, count, Lanes, 0, _shape.HeadSize, panel);
        Span<float> all = new(panel, _shape.HeadSize * Lanes);
        TensorPrimitives.Multiply(all, 1f / MathF.Sqrt(_shape.HeadSize), all);
    }

    /// <summary>scores[key, lane] = k · q, masked, and each lane's largest.</summary>
    private readonly void MakeScores(in HeadPlace place, int firstQuery, int count, float* queries, float* scores, float* largest)
    {
        int keys = _shape.Keys, size = _shape.HeadSize, channels = _shape.Channels, rows = _kernel.Rows;
        bool inPlace = _kernel.ExecuteInPlace != null && keys >= rows;
        float* packed = queries + (size * Lanes);
        new Span<float>(largest, Lanes).Fill(float.NegativeInfinity);
        for (int key = 0; key < keys; key += rows)
        {
            if (inPlace)
            {
                // The last tile ends at the last key and makes some scores a second time.
                key = Math.Min(key, keys - rows);
                _kernel.ExecuteInPlace(size, K + place.Key + ((nint)key * channels), channels * sizeof(float), queries, scores + ((nint)key * Lanes));
            }
            else
            {
                new MatrixOperand(K + place.Key, channels, alongDepth: true).Pack(key, Math.Min(rows, keys - key), rows, 0, size, packed);
                _kernel.Execute(size, packed, queries, scores + ((nint)key * Lanes));
            }

            int made = Math.Min(rows, keys - key);
            _weighting.Mask(scores + ((nint)key * Lanes), Lanes, count, place.Batch, firstQuery, key, made);
            ColumnSoftmax.Largest(scores + ((nint)key * Lanes), made, Lanes, largest);
        }
    }

    /// <summary>1 / x, and 0 for a query that attends to nothing.</summary>
    private static void Invert(float* sums, int lanes)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            sums[lane] = sums[lane] == 0f ? 0f : 1f / sums[lane];
        }
    }

    private readonly void StoreProbabilities(float* exponentials, float* inverseSums, int count, float* probabilities)
    {
        int keys = _shape.Keys;
        PanelPacking.Turn(exponentials, Lanes, keys, count, probabilities, keys);
        for (int query = 0; query < count; query++)
        {
            Span<float> row = new(probabilities + ((nint)query * keys), keys);
            TensorPrimitives.Multiply(row, inverseSums[query], row);
        }
    }

    /// <summary>result[channel, lane] = Σ v[key, channel] · exponentials[key, lane].</summary>
    private readonly void SumValues(in HeadPlace place, int outputs, float* exponentials, float* padded, float* result)
    {
        int keys = _shape.Keys, size = _shape.ValueSize;
        float* values = V + place.Value;
        nint stride = _shape.ValueChannels;
        if (outputs != size)
        {
            for (int key = 0; key < keys; key++)
            {
                new ReadOnlySpan<float>(values + (key * stride), size).CopyTo(new Span<float>(padded + ((nint)key * outputs), outputs));
                new Span<float>(padded + ((nint)key * outputs) + size, outputs - size).Clear();
            }

            values = padded;
            stride = outputs;
        }

        for (int channel = 0; channel < size; channel += ValueMicrokernel.Rows)
        {
            ValueMicrokernel.Execute(keys, values + channel, stride, exponentials, result + (channel * Lanes));
        }
    }

    private readonly void StoreOutput(in HeadPlace place, int firstQuery, int count, float* result, float* inverseSums)
    {
        Span<float> factors = new(inverseSums, Lanes);
        _weighting.WeighLanes(factors[..count], place.Head, firstQuery);
        for (int channel = 0; channel < _shape.ValueSize; channel++)
        {
            Span<float> row = new(result + (channel * Lanes), Lanes);
            TensorPrimitives.Multiply(row, factors, row);
        }

        PanelPacking.Turn(result, Lanes, _shape.ValueSize, count, Output + place.Output, _shape.ValueChannels);
    }
}
