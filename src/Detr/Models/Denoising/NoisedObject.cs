namespace Detr.Models;

/// <summary>A noised copy of an object, before its noise is drawn.</summary>
/// <param name="Image">Its image's number in the batch.</param>
/// <param name="Slot">The slot it takes among its image's denoising queries.</param>
/// <param name="Object">The object's number in its image.</param>
/// <param name="IsNegative">Whether it lies too far off to be restored, and is to be rejected.</param>
internal readonly record struct NoisedObject(int Image, int Slot, int Object, bool IsNegative = false);
