using BenchmarkDotNet.Attributes;
using Detr.Kernels;

namespace Detr.Benchmarks;

/// <summary>Square products and the twin they are tested against.</summary>
[MemoryDiagnoser]
public class ProductBenchmarks : IDisposable
{
    private readonly WorkerPool _pool = new(1);
    private float[] _a = [], _b = [], _c = [];
    private PackedMatrix? _packed;

    /// <summary>Rows, columns and depth.</summary>
    [Params(64, 256, 1024)]
    public int Size { get; set; }

    /// <summary>Makes the operands.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _a = ProductSamples.Numbers(Size * Size, 1);
        _b = ProductSamples.Numbers(Size * Size, 2);
        _c = new float[Size * Size];
        _packed = PackedMatrix.Pack(_pool, Size, Size, _b, transposed: false);
    }

    /// <summary>Both operands as they come.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => MatrixProduct.Execute(_pool, new MatrixShape(Size, Size, Size), _a, _b, _c);

    /// <summary>The right operand packed before, as weights are.</summary>
    [Benchmark]
    public void Packed() => MatrixProduct.Execute(_pool, new MatrixShape(Size, Size, Size), _a, _packed!, _c);

    /// <summary>Packing alone, which training does after every step.</summary>
    [Benchmark]
    public void Repack() => _packed!.Repack(_pool, _b, transposed: false);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }
}
