using BenchmarkDotNet.Attributes;
using Detr.Kernels;

namespace Detr.Benchmarks;

/// <summary>A 3 × 3 convolution of ResNet-50's third stage, each pass.</summary>
[MemoryDiagnoser]
public class ConvolutionBenchmarks : IDisposable
{
    private static readonly ConvolutionShape Shape = new(1, 50, 67, 256, 256, 3, 3) { Padding = 1 };

    private readonly WorkerPool _pool = new(1);
    private readonly float[] _x = ProductSamples.Numbers(Shape.InputLength, 1);
    private readonly float[] _weight = ProductSamples.Numbers(Shape.WeightLength, 2);
    private readonly float[] _y = ProductSamples.Numbers(Shape.OutputLength, 3);
    private readonly float[] _dx = new float[Shape.InputLength], _dWeight = new float[Shape.WeightLength], _result = new float[Shape.OutputLength];
    private PackedConvolution? _packed;

    /// <summary>Packs the weights.</summary>
    [GlobalSetup]
    public void Prepare() => _packed = PackedConvolution.Pack(_pool, Shape, _weight);

    /// <summary>The forward pass.</summary>
    [Benchmark]
    public void Forward() => Convolution.Forward(_pool, Shape, _x, _packed!, _result);

    /// <summary>The gradient of the input.</summary>
    [Benchmark]
    public void BackwardInput() => Convolution.BackwardInput(_pool, Shape, _y, _weight, _dx);

    /// <summary>The gradient of the weight.</summary>
    [Benchmark]
    public void BackwardWeight() => Convolution.BackwardWeight(_pool, Shape, _x, _y, _dWeight);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }
}
