using Detr.Kernels;

namespace Detr.Tensors;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public void SamplingLocations(DeformableAttentionShape shape, Tensor offsets, Tensor references, Tensor locations)
        => Kernels.SamplingLocations.Forward(_pool, shape, In(offsets), In(references), Out(locations));

    /// <inheritdoc/>
    public void SamplingLocationsBackward(DeformableAttentionShape shape, Tensor offsets, Tensor references, Tensor dLocations, Tensor dOffsets, Tensor dReferences)
        => Kernels.SamplingLocations.Backward(_pool, shape, In(offsets), In(references), In(dLocations), Out(dOffsets), Out(dReferences));

    /// <inheritdoc/>
    public void DeformableAttention(DeformableAttentionShape shape, Tensor value, Tensor locations, Tensor weights, Tensor output)
        => Kernels.DeformableAttention.Forward(_pool, shape, In(value), In(locations), In(weights), Out(output));

    /// <inheritdoc/>
    public void DeformableAttentionBackward(
        DeformableAttentionShape shape, Tensor value, Tensor locations, Tensor weights, Tensor dOutput, Tensor dValue, Tensor dLocations, Tensor dWeights)
        => Kernels.DeformableAttention.Backward(
            _pool, shape, In(value), In(locations), In(weights), In(dOutput), Out(dValue), Out(dLocations), Out(dWeights));
}
