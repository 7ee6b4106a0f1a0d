using Detr.Kernels;

namespace Detr.Benchmarks;

/// <summary>The convolutions of ResNet-50 at 800 × 1066 pixels, one of each kind, in both directions.</summary>
internal static class LayerSamples
{
    internal static readonly (string Name, ConvolutionShape Shape)[] Layers =
    [
        ("stem 7×7/2, 3 → 64", new(1, 800, 1066, 3, 64, 7, 7) { Stride = 2, Padding = 3 }),
        ("layer1 1×1, 256 → 64", new(1, 200, 267, 256, 64, 1, 1)),
        ("layer1 3×3, 64", new(1, 200, 267, 64, 64, 3, 3) { Padding = 1 }),
        ("layer2 3×3/2, 128", new(1, 200, 267, 128, 128, 3, 3) { Stride = 2, Padding = 1 }),
        ("layer2 1×1/2, 256 → 512", new(1, 200, 267, 256, 512, 1, 1) { Stride = 2 }),
        ("layer2 3×3, 128", new(1, 100, 134, 128, 128, 3, 3) { Padding = 1 }),
        ("layer3 1×1, 1024 → 256", new(1, 50, 67, 1024, 256, 1, 1)),
        ("layer3 3×3, 256", new(1, 50, 67, 256, 256, 3, 3) { Padding = 1 }),
        ("layer4 3×3, 512", new(1, 25, 34, 512, 512, 3, 3) { Padding = 1 }),
        ("layer4 1×1, 512 → 2048", new(1, 25, 34, 512, 2048, 1, 1)),
    ];

    internal static void Run(int threads, int samples) => SamplesInTurn.Print(Measure(threads, samples));

    internal static IReadOnlyList<SampleResult> Measure(int threads, int samples)
    {
        List<SampleResult> results = [];
        using WorkerPool pool = new(threads);
        foreach ((string name, ConvolutionShape shape) in Layers)
        {
            double work = 2.0 * shape.OutputLength * shape.InputChannels * shape.KernelHeight * shape.KernelWidth;
            float[] x = ProductSamples.Numbers(shape.InputLength, 1), weight = ProductSamples.Numbers(shape.WeightLength, 2);
            float[] y = ProductSamples.Numbers(shape.OutputLength, 3), dWeight = new float[shape.WeightLength];
            PackedConvolution packed = PackedConvolution.Pack(pool, shape, weight);
            SamplesInTurn turns = new();
            turns.Add($"{name}: backward, input", work, () => Convolution.BackwardInput(pool, shape, y, weight, x));
            turns.Add($"{name}: backward, weight", work, () => Convolution.BackwardWeight(pool, shape, x, y, dWeight));
            turns.Add($"{name}: forward", work, () => Convolution.Forward(pool, shape, x, packed, y));
            turns.Add($"{name}: forward, weights not packed", work, () => Convolution.Forward(pool, shape, x, weight, y));
            IReadOnlyList<SampleResult> measured = turns.Measure(samples, threads);
            results.AddRange(results.Count == 0 ? measured : measured.Skip(1));
        }

        return results;
    }
}
