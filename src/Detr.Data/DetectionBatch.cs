using System.Buffers;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>
/// Images of one training or evaluation step, side by side. Dispose a batch when its pixels were read, and the next one
/// uses their memory; whoever does not costs only that reuse.
/// </summary>
public sealed class DetectionBatch : IDisposable
{
    private float[]? _pixels;

    /// <summary>Makes a batch.</summary>
    /// <param name="pixels">An array of the shared pool, at least as long as the shape; the batch gives it back.</param>
    /// <param name="padding">Which pixels are padding.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="indices">Each image's place in its data set.</param>
    internal DetectionBatch(float[] pixels, PaddingMask padding, IReadOnlyList<BoxTargets> targets, IReadOnlyList<int> indices)
        => (_pixels, Padding, Targets, Indices) = (pixels, padding, targets, indices);

    /// <summary>[images, 3, height, width], normalised, zero where padded.</summary>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public ReadOnlySpan<float> Pixels
    {
        get
        {
            float[]? pixels = _pixels;
            ObjectDisposedException.ThrowIf(pixels is null, this);
            return pixels.AsSpan(0, Shape.Length);
        }
    }

    /// <summary>Which pixels are padding.</summary>
    public PaddingMask Padding { get; }

    /// <summary>The objects of each image.</summary>
    public IReadOnlyList<BoxTargets> Targets { get; }

    /// <summary>Each image's place in its data set.</summary>
    public IReadOnlyList<int> Indices { get; }

    /// <summary>How many images there are.</summary>
    public int Count => Targets.Count;

    /// <summary>The shape of the pixels.</summary>
    public Shape Shape => [Count, 3, Padding.Height, Padding.Width];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
        {
            ArrayPool<float>.Shared.Return(pixels);
        }
    }
}
