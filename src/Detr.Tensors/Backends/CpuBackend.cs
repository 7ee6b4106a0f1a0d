using System.Runtime.CompilerServices;
using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Arithmetic on the host's processor. One backend serves any number of contexts and threads.</summary>
public sealed partial class CpuBackend : IBackend
{
    private readonly WorkerPool _pool;
    private readonly HostMemory _memory = new();
    private readonly ConditionalWeakTable<TensorStorage, PackedParts> _packed = [];
    private readonly ConditionalWeakTable<QuantizedKernel, PackedQuantizedKernel> _packedBytes = [];

    /// <summary>Makes a backend.</summary>
    /// <param name="threads">
    /// How many threads work on one operation; all processors unless given, and never more than there are, since those would
    /// only take turns.
    /// </param>
    public CpuBackend(int? threads = null) => _pool = new WorkerPool(Math.Min(threads ?? int.MaxValue, Environment.ProcessorCount));

    /// <summary>How many threads work on one operation.</summary>
    public int Threads => _pool.Threads;

    /// <inheritdoc/>
    public long HeldBytes => _memory.HeldBytes;

    /// <inheritdoc/>
    public long WorkspaceBytes
    {
        get
        {
            long bytes = _pool.ScratchBytes;
            foreach ((_, PackedParts packed) in _packed)
            {
                bytes += packed.Bytes;
            }

            foreach ((_, PackedQuantizedKernel packed) in _packedBytes)
            {
                bytes += packed.Bytes;
            }

            return bytes;
        }
    }

    /// <inheritdoc/>
    public TensorStorage Allocate(int length) => _memory.Rent(length);

    /// <inheritdoc/>
    public void Trim() => _memory.Trim();

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    private PackedWeights Packed(Tensor weight) => _packed.GetOrCreateValue(weight.Storage).Of(weight);

    private static ReadOnlySpan<float> In(Tensor tensor) => tensor.AsSpan();

    private static ReadOnlySpan<float> In(Tensor? tensor, bool optional) => tensor is null && optional ? default : tensor!.AsSpan();

    private static Memory<float> Elements(Tensor tensor) => ((HostStorage)tensor.Storage).Memory.Slice(tensor.Offset, tensor.Length);

    private static Span<float> Out(Tensor tensor) => ((HostStorage)tensor.Storage).Elements.Slice(tensor.Offset, tensor.Length);
}
