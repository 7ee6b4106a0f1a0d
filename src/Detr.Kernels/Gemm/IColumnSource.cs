namespace Detr.Kernels;

/// <summary>Where a product's right operand comes from: gives some of its columns and depth as a panel.</summary>
internal unsafe interface IColumnSource
{
    /// <summary>Whether panels stand packed already, so that <see cref="Panel"/> leaves its scratch alone.</summary>
    static abstract bool IsPacked { get; }

    /// <summary>
    /// The panel[k · width + c] = B[depthStart + k, column + c], zero for columns from <paramref name="columns"/> on.
    /// </summary>
    /// <param name="column">The first column.</param>
    /// <param name="columns">How many columns exist; at most <paramref name="width"/>.</param>
    /// <param name="width">Columns of a panel.</param>
    /// <param name="depthStart">The first step of depth.</param>
    /// <param name="depth">How many steps.</param>
    /// <param name="scratch">Room for depth · width numbers, on a 64-byte boundary.</param>
    /// <returns>The panel: the scratch, filled, or where it stands packed already.</returns>
    float* Panel(int column, int columns, int width, int depthStart, int depth, float* scratch);
}
