using System.Numerics.Tensors;
using Detr.Kernels;

namespace Detr.Benchmarks;

/// <summary>The deformable attention of an encoder layer at 800 × 1066 pixels on levels of strides 8 to 64: every token is a query.</summary>
internal static class DeformableSamples
{
    private const int Heads = 8;
    private const int HeadSize = 32;
    private const int Points = 4;
    private static readonly (int Height, int Width)[] Levels = [(100, 134), (50, 67), (25, 34), (13, 17)];

    internal static void Run(int threads, int samples)
    {
        using WorkerPool pool = new(threads);
        int tokens = Levels.Sum(level => level.Height * level.Width);
        DeformableAttentionShape shape = new(1, tokens, Heads, HeadSize, Points, Levels);
        int count = tokens * Heads * shape.Samples;
        float[] value = ProductSamples.Numbers(tokens * shape.Channels, 1), weights = ProductSamples.Numbers(count, 2), offsets = ProductSamples.Numbers(2 * count, 3);
        float[] references = Centres(), locations = new float[2 * count], output = new float[value.Length], gradient = new float[value.Length];
        float[] dWeights = new float[count], dLocations = new float[2 * count], dReferences = new float[references.Length];

        // As far from their cell as the points of an untrained model are.
        TensorPrimitives.Multiply(offsets, 2 * Points, offsets);
        SamplingLocations.Forward(pool, shape, offsets, references, locations);

        // A sample is four multiply-adds a channel; a gradient takes as many for the values and as many for the dot products.
        double work = 2.0 * 4 * count * HeadSize;
        SamplesInTurn turns = new();
        turns.Add("locations", 2.0 * locations.Length, () => SamplingLocations.Forward(pool, shape, offsets, references, locations));
        turns.Add("locations: backward", 4.0 * locations.Length, () => SamplingLocations.Backward(pool, shape, offsets, references, locations, dLocations, dReferences));
        turns.Add($"deformable attention of {tokens} tokens", work, () => DeformableAttention.Forward(pool, shape, value, locations, weights, output));
        turns.Add("deformable attention: backward", 2 * work, () => DeformableAttention.Backward(pool, shape, value, locations, weights, output, gradient, dLocations, dWeights));
        SamplesInTurn.Print(turns.Measure(samples, threads));
    }

    /// <summary>Each token's own place on every level.</summary>
    private static float[] Centres()
        => [.. Levels.SelectMany(level => Enumerable.Range(0, level.Height * level.Width)
            .SelectMany(cell => Enumerable.Repeat(((cell % level.Width) + 0.5f, (cell / level.Width) + 0.5f), Levels.Length)
                .SelectMany(place => new[] { place.Item1 / level.Width, place.Item2 / level.Height })))];
}
