using System.Buffers;
using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>A parameter, or rows of one, in the form that products read: made on first use and again whenever the parameter changed.</summary>
internal sealed class PackedWeights
{
    private readonly Lock _lock = new();
    private int _version = -1;
    private PackedMatrix? _matrix;
    private PackedConvolution? _convolution;

    internal long Bytes => (_matrix?.Bytes ?? 0) + (_convolution?.Bytes ?? 0);

    /// <summary>W [out, in] as the right operand of x Wᵀ.</summary>
    internal PackedMatrix Matrix(WorkerPool pool, Tensor weight)
    {
        lock (_lock)
        {
            if (_matrix is null || _version != weight.Storage.Version)
            {
                using WeightElements elements = new(weight);
                if (_matrix is null)
                {
                    _matrix = PackedMatrix.Pack(pool, weight.Shape[1], weight.Shape[0], elements.Span, transposed: true);
                }
                else
                {
                    _matrix.Repack(pool, elements.Span, transposed: true);
                }

                _version = weight.Storage.Version;
            }

            return _matrix;
        }
    }

    internal PackedConvolution Convolution(WorkerPool pool, in ConvolutionShape shape, Tensor weight)
    {
        lock (_lock)
        {
            if (_convolution is null || _version != weight.Storage.Version)
            {
                using WeightElements elements = new(weight);
                if (_convolution is null)
                {
                    _convolution = PackedConvolution.Pack(pool, shape, elements.Span);
                }
                else
                {
                    _convolution.Repack(pool, shape, elements.Span);
                }

                _version = weight.Storage.Version;
            }

            return _convolution;
        }
    }

    /// <summary>A parameter's elements for as long as it takes to pack them: where they are not in memory they do not stay there.</summary>
    private readonly ref struct WeightElements
    {
        private readonly float[]? _rented;

        internal WeightElements(Tensor weight)
        {
            HostStorage storage = (HostStorage)weight.Storage;
            if (storage.IsPresent)
            {
                Span = weight.AsSpan();
                return;
            }

            _rented = ArrayPool<float>.Shared.Rent(storage.Capacity);
            Span<float> elements = _rented.AsSpan(0, storage.Capacity);
            storage.Peek(elements);
            Span = elements.Slice(weight.Offset, weight.Length);
        }

        internal ReadOnlySpan<float> Span { get; }

        public void Dispose()
        {
            if (_rented is not null)
            {
                ArrayPool<float>.Shared.Return(_rented);
            }
        }
    }
}
