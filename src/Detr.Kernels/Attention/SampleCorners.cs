using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>
/// Finds the four cells around each sample of a head, and their shares, four samples at a time. Across and down stay side by side in a
/// vector, as they lie in memory; a corner is then a lane beside its neighbour, and no coordinate is ever alone.
/// </summary>
internal readonly unsafe struct SampleCorners
{
    private const int Together = 4;
    private const int Lanes = 2 * Together;
    private const int Tables = 4;

    private readonly int _samples;
    private readonly float* _sizes;
    private readonly int* _last;
    private readonly int* _steps;
    private readonly int* _starts;
    private readonly float* _rest;

    /// <summary>Writes down the level of every sample.</summary>
    /// <param name="shape">The attention's sizes.</param>
    /// <param name="memory">Room for <see cref="Length"/> numbers, which stay there.</param>
    internal SampleCorners(DeformableAttentionShape shape, float* memory)
    {
        int lanes = Padded(shape) * 2;
        _samples = shape.Samples;
        _sizes = memory;
        _last = (int*)(memory + lanes);
        _steps = _last + lanes;
        _starts = _steps + lanes;
        _rest = memory + (Tables * lanes);
        new Span<float>(memory, Length(shape)).Clear();
        for (int sample = 0; sample < shape.Samples; sample++)
        {
            int level = sample / shape.Points, across = 2 * sample, down = across + 1;
            (int height, int width) = shape.Levels[level];
            (_sizes[across], _sizes[down]) = (width, height);
            (_last[across], _last[down]) = (width - 1, height - 1);
            (_steps[across], _steps[down]) = (shape.Channels, width * shape.Channels);
            _starts[down] = shape.Starts[level] * shape.Channels;
        }
    }

    /// <summary>The lanes that hold what is across.</summary>
    private static Vector256<float> Even => Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0).AsSingle();

    /// <summary>Cells that <see cref="Find"/> gives: four a sample, and four of no share for each sample short of a multiple of four.</summary>
    internal static int Count(DeformableAttentionShape shape) => 4 * Padded(shape);

    /// <summary>Numbers of working memory.</summary>
    internal static int Length(DeformableAttentionShape shape) => (Tables * 2 * Padded(shape)) + Lanes + Together;

    private static int Padded(DeformableAttentionShape shape) => (shape.Samples + Together - 1) / Together * Together;

    /// <summary>The cells of a head of a query.</summary>
    /// <param name="locations">(x, y) of each sample.</param>
    /// <param name="weights">The weight of each.</param>
    /// <param name="shares">Weight times share of each cell.</param>
    /// <param name="offsets">Where each cell's value begins, counted from the first one's; always one that is there.</param>
    internal void Find(float* locations, float* weights, float* shares, int* offsets)
    {
        int sample = 0;
        for (; sample + Together <= _samples; sample += Together)
        {
            FindFour(sample, locations + (2 * sample), weights + sample, shares + (4 * sample), offsets + (4 * sample));
        }

        if (sample < _samples)
        {
            // What stands behind the last ones has a weight of zero, and a table of a level without extent.
            int rest = _samples - sample;
            new Span<float>(locations + (2 * sample), 2 * rest).CopyTo(new Span<float>(_rest, Lanes));
            new Span<float>(weights + sample, rest).CopyTo(new Span<float>(_rest + Lanes, Together));
            FindFour(sample, _rest, _rest + Lanes, shares + (4 * sample), offsets + (4 * sample));
        }
    }

    /// <summary>As <see cref="SampleAxis"/>, one axis a lane.</summary>
    private void FindFour(int sample, float* locations, float* weights, float* shares, int* offsets)
    {
        int lane = 2 * sample;
        Vector256<float> size = Vector256.Load(_sizes + lane), cell = (Vector256.Load(locations) * size) - Vector256.Create(0.5f);
        Vector256<float> isOn = Vector256.GreaterThan(cell, Vector256.Create(-1f)) & Vector256.LessThan(cell, size);
        isOn &= Neighbours(isOn);

        // Far outside, conversions and sums are anything, yet offsets stay within the level.
        Vector256<float> floor = Vector256.Floor(cell), fraction = cell - floor;
        Vector256<int> first = Vector256.ConvertToInt32Native(floor), second = first + Vector256<int>.One, last = Vector256.Load(_last + lane);
        Vector256<float> near = (Vector256<float>.One - fraction) & Vector256.GreaterThanOrEqual(first, Vector256<int>.Zero).AsSingle();
        Vector256<float> far = fraction & Vector256.LessThan(first, last).AsSingle();

        Vector128<float> weight = Vector128.Load(weights);
        Vector256<float> twice = Vector256.Shuffle(Vector256.Create(weight, weight), Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3));
        (near * Neighbours(far) * twice & isOn).Store(shares);
        (Vector256.ConditionalSelect(Even, near * Neighbours(near), far * Neighbours(far)) * twice & isOn).Store(shares + Lanes);

        Vector256<int> steps = Vector256.Load(_steps + lane), starts = Vector256.Load(_starts + lane);
        Vector256<int> nearAt = (Within(first, last) * steps) + starts, farAt = (Within(second, last) * steps) + starts;
        (nearAt + Neighbours(farAt)).Store(offsets);
        Vector256.ConditionalSelect(Even.AsInt32(), nearAt + Neighbours(nearAt), farAt + Neighbours(farAt)).Store(offsets + Lanes);
    }

    private static Vector256<int> Within(Vector256<int> cell, Vector256<int> last) => Vector256.Max(Vector256.Min(cell, last), Vector256<int>.Zero);

    private static Vector256<float> Neighbours(Vector256<float> x) => Vector256.Shuffle(x, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6));

    private static Vector256<int> Neighbours(Vector256<int> x) => Vector256.Shuffle(x, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6));
}
