namespace Detr.Imaging;

/// <summary>One pass over a PNG: which pixels it holds (PNG, section 8.2).</summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    private static readonly PngPass[] _whole = [new(0, 0, 1, 1)];

    private static readonly PngPass[] _adam7 =
    [
        new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2),
    ];

    /// <summary>All pixels at once.</summary>
    public static ReadOnlySpan<PngPass> Whole => _whole;

    /// <summary>The seven passes of an interlaced picture.</summary>
    public static ReadOnlySpan<PngPass> Adam7 => _adam7;

    /// <summary>Pixels across and down of this pass.</summary>
    public (int Width, int Height) Size(int width, int height) =>
        ((width - X + StepX - 1) / StepX, (height - Y + StepY - 1) / StepY);
}
