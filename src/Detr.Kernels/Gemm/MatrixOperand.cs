namespace Detr.Kernels;

/// <summary>A matrix in memory as either operand of a product.</summary>
/// <param name="elements">The first element.</param>
/// <param name="stride">Elements from one stored line to the next.</param>
/// <param name="alongDepth">Whether a stored line runs along the depth (A as [rows, depth], B as [columns, depth]).</param>
internal readonly unsafe struct MatrixOperand(float* elements, nint stride, bool alongDepth) : IRowSource, IColumnSource
{
    public static bool IsPacked => false;

    public bool AcrossDepth => !alongDepth;

    public float* InPlace(int row, int depthStart, out nint strideBytes)
    {
        strideBytes = stride * sizeof(float);
        return alongDepth ? elements + (row * stride) + depthStart : null;
    }

    public void Pack(int row, int rows, int height, int depthStart, int depth, float* panel)
    {
        if (!alongDepth)
        {
            PanelPacking.CopyAcross(elements + (depthStart * stride) + row, stride, rows, height, depth, panel);
            return;
        }

        float** lines = stackalloc float*[rows];
        for (int i = 0; i < rows; i++)
        {
            lines[i] = elements + ((row + i) * stride) + depthStart;
        }

        PanelPacking.Interleave(lines, rows, height, depth, panel);
    }

    public float* Panel(int column, int columns, int width, int depthStart, int depth, float* scratch)
    {
        Pack(column, columns, width, depthStart, depth, scratch);
        return scratch;
    }
}
