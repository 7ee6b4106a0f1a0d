namespace Detr.Kernels;

/// <summary>Where a product's left operand comes from: packs some of its rows and depth into a panel.</summary>
internal unsafe interface IRowSource
{
    /// <summary>Whether stored lines run across the depth, so that one line serves many panels.</summary>
    bool AcrossDepth { get; }

    /// <summary>
    /// Where rows stand in memory, if they run along the depth at one distance from each other; null otherwise.
    /// </summary>
    /// <param name="row">The first row.</param>
    /// <param name="depthStart">The first step of depth.</param>
    /// <param name="strideBytes">The distance.</param>
    float* InPlace(int row, int depthStart, out nint strideBytes);

    /// <summary>
    /// Writes panel[k · height + r] = A[row + r, depthStart + k], zero for rows from <paramref name="rows"/> on.
    /// </summary>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many rows exist; at most <paramref name="height"/>.</param>
    /// <param name="height">Rows of a panel.</param>
    /// <param name="depthStart">The first step of depth.</param>
    /// <param name="depth">How many steps.</param>
    /// <param name="panel">Takes depth · height numbers.</param>
    void Pack(int row, int rows, int height, int depthStart, int depth, float* panel);
}
