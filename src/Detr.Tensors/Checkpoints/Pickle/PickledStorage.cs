namespace Detr.Tensors.Checkpoints;

/// <summary>The numbers that tensors of a pickle are views of; they lie elsewhere in the file.</summary>
/// <param name="Key">What the file calls it.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Length">How many there are said to be.</param>
internal sealed record PickledStorage(string Key, ElementType Type, long Length);
