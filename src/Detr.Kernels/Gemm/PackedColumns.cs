namespace Detr.Kernels;

/// <summary>A right operand that is packed already: panel after panel, each over the whole depth.</summary>
/// <param name="elements">The first panel.</param>
/// <param name="packedDepth">Steps of depth in a panel.</param>
internal readonly unsafe struct PackedColumns(float* elements, int packedDepth) : IColumnSource
{
    public static bool IsPacked => true;

    /// <summary>How many elements the panels of a matrix take.</summary>
    internal static int Length(int depth, int columns, int width) => checked((columns + width - 1) / width * width * depth);

    public float* Panel(int column, int columns, int width, int depthStart, int depth, float* scratch)
        => elements + ((nint)column * packedDepth) + ((nint)depthStart * width);
}
