namespace Detr.Tensors.Checkpoints;

/// <summary>A view of a storage, as the pickle describes it; not yet held against anything.</summary>
/// <param name="Storage">Its numbers.</param>
/// <param name="Offset">Which of them is its first element.</param>
/// <param name="Shape">The axes' sizes.</param>
/// <param name="Strides">Numbers from one index of an axis to the next.</param>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);
