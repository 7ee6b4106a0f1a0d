namespace Detr.Kernels;

/// <summary>The sizes of a pooling, channels last: x [Batch, Height, Width, Channels].</summary>
/// <param name="Batch">Images.</param>
/// <param name="Height">Input rows.</param>
/// <param name="Width">Input columns.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Kernel">Rows and columns of a window.</param>
/// <param name="Stride">Input cells from one window to the next.</param>
/// <param name="Padding">Cells around the input that no window takes a value from.</param>
public readonly record struct PoolingShape(int Batch, int Height, int Width, int Channels, int Kernel, int Stride, int Padding)
{
    /// <summary>Output rows.</summary>
    public int OutputHeight => ((Height + (2 * Padding) - Kernel) / Stride) + 1;

    /// <summary>Output columns.</summary>
    public int OutputWidth => ((Width + (2 * Padding) - Kernel) / Stride) + 1;
}
