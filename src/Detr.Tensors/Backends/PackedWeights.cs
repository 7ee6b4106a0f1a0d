using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>A parameter in the form that products read, made on first use and again whenever the parameter changed.</summary>
internal sealed class PackedWeights
{
    private readonly Lock _lock = new();
    private int _version = -1;
    private PackedMatrix? _matrix;
    private PackedConvolution? _convolution;

    internal long Bytes => (_matrix?.Bytes ?? 0) + (_convolution?.Bytes ?? 0);

    /// <summary>W [out, in] as the right operand of x Wᵀ.</summary>
    internal PackedMatrix Matrix(WorkerPool pool, Parameter weight)
    {
        lock (_lock)
        {
            if (_matrix is null)
            {
                _matrix = PackedMatrix.Pack(pool, weight.Shape[1], weight.Shape[0], weight.AsSpan(), transposed: true);
            }
            else if (_version != weight.Version)
            {
                _matrix.Repack(pool, weight.AsSpan(), transposed: true);
            }

            _version = weight.Version;
            return _matrix;
        }
    }

    internal PackedConvolution Convolution(WorkerPool pool, in ConvolutionShape shape, Parameter weight)
    {
        lock (_lock)
        {
            if (_convolution is null)
            {
                _convolution = PackedConvolution.Pack(pool, shape, weight.AsSpan());
            }
            else if (_version != weight.Version)
            {
                _convolution.Repack(pool, shape, weight.AsSpan());
            }

            _version = weight.Version;
            return _convolution;
        }
    }
}
