namespace Detr.Kernels;

/// <summary>
/// An image seen as a matrix without making it: a row for each cell of a grid, and along the depth the channels under
/// each tap in turn, zero outside the image. A convolution is the product of this matrix and its weights (implicit GEMM).
/// </summary>
internal readonly unsafe struct PatchGrid : IRowSource, IColumnSource
{
    public static bool IsPacked => false;

    private const int LargestPanel = 32;

    /// <summary>[images, Height, Width, Channels].</summary>
    internal required float* Image { get; init; }

    internal required int Height { get; init; }

    internal required int Width { get; init; }

    internal required int Channels { get; init; }

    internal required int GridHeight { get; init; }

    internal required int GridWidth { get; init; }

    /// <summary>Image cells from one grid cell to the next.</summary>
    internal required int Step { get; init; }

    /// <summary>Row and column of each tap relative to the cell at Step · (grid row, grid column): [taps, 2].</summary>
    internal required int* Offsets { get; init; }

    /// <summary>As many zeros as there are channels under one row of taps.</summary>
    internal required float* Zeros { get; init; }

    public bool AcrossDepth => false;

    public float* InPlace(int row, int depthStart, out nint strideBytes)
    {
        strideBytes = 0;
        return null;
    }

    public void Pack(int row, int rows, int height, int depthStart, int depth, float* panel)
    {
        Cell* cells = stackalloc Cell[LargestPanel];
        Locate(row, rows, cells);
        int leftmost = int.MaxValue, rightmost = 0;
        for (int i = 0; i < rows; i++)
        {
            leftmost = Math.Min(leftmost, cells[i].X);
            rightmost = Math.Max(rightmost, cells[i].X);
        }

        float** lines = stackalloc float*[LargestPanel];
        (int tap, int channel) = Math.DivRem(depthStart, Channels);
        while (depth > 0)
        {
            // Taps over neighbouring pixels are one run of memory, unless the image's edge comes between: what makes
            // the first layer's three channels worth a vector.
            int run = Math.Min(Channels - channel, depth), next = tap + 1;
            while (run < depth && IsNextPixel(next) && leftmost + Offsets[(2 * tap) + 1] >= 0 && rightmost + Offsets[(2 * next) + 1] < Width)
            {
                run += Math.Min(Channels, depth - run);
                next++;
            }

            for (int i = 0; i < rows; i++)
            {
                lines[i] = Pointer(cells[i], tap) + channel;
            }

            PanelPacking.Interleave(lines, rows, height, run, panel);
            panel += (nint)run * height;
            depth -= run;
            channel = 0;
            tap = next;
        }
    }

    /// <summary>The matrix as right operand: the depth runs over grid cells, columns over taps and channels.</summary>
    public float* Panel(int column, int columns, int width, int depthStart, int depth, float* scratch)
    {
        (int firstTap, int firstChannel) = Math.DivRem(column, Channels);
        if (firstChannel + columns <= Channels)
        {
            PanelOfTap(firstTap, firstChannel, columns, width, depthStart, depth, scratch);
            return scratch;
        }

        Cell cell = default;
        float* line = scratch;
        for (int k = 0; k < depth; k++, line += width)
        {
            if (k == 0 || ++cell.GridX == GridWidth)
            {
                Locate(depthStart + k, 1, &cell);
            }
            else
            {
                cell.X += Step;
            }

            int tap = firstTap, channel = firstChannel;
            int done = 0;
            while (done < columns)
            {
                int run = Math.Min(Channels - channel, columns - done);
                PanelPacking.CopyLine(Pointer(cell, tap) + channel, line + done, run);
                done += run;
                channel = 0;
                tap++;
            }

            new Span<float>(line + columns, width - columns).Clear();
        }

        return scratch;
    }

    private bool IsNextPixel(int tap)
        => Offsets[2 * tap] == Offsets[(2 * tap) - 2] && Offsets[(2 * tap) + 1] == Offsets[(2 * tap) - 1] + 1;

    /// <summary>A panel whose columns are channels of one tap: a run of grid cells is a run of evenly spaced pixels.</summary>
    private void PanelOfTap(int tap, int channel, int columns, int width, int depthStart, int depth, float* line)
    {
        (int gridLine, int gridX) = Math.DivRem(depthStart, GridWidth);
        while (depth > 0)
        {
            (int image, int gridY) = Math.DivRem(gridLine++, GridHeight);
            int run = Math.Min(GridWidth - gridX, depth);
            int y = (gridY * Step) + Offsets[2 * tap];
            int x = (gridX * Step) + Offsets[(2 * tap) + 1];
            bool inside = (uint)y < (uint)Height;
            float* source = Image + ((((((nint)image * Height) + y) * Width) + x) * Channels) + channel;
            for (int i = 0; i < run; i++, line += width)
            {
                PanelPacking.CopyLine(inside && (uint)x < (uint)Width ? source : Zeros, line, columns);
                if (columns < width)
                {
                    new Span<float>(line + columns, width - columns).Clear();
                }

                x += Step;
                source += (nint)Step * Channels;
            }

            depth -= run;
            gridX = 0;
        }
    }

    private void Locate(int row, int rows, Cell* cells)
    {
        (int line, int x) = Math.DivRem(row, GridWidth);
        (int image, int y) = Math.DivRem(line, GridHeight);
        for (int i = 0; i < rows; i++)
        {
            cells[i] = new Cell { Image = image, Y = y * Step, X = x * Step, GridX = x };
            if (++x == GridWidth)
            {
                x = 0;
                if (++y == GridHeight)
                {
                    y = 0;
                    image++;
                }
            }
        }
    }

    private float* Pointer(in Cell cell, int tap)
    {
        int y = cell.Y + Offsets[2 * tap];
        int x = cell.X + Offsets[(2 * tap) + 1];
        return (uint)y < (uint)Height && (uint)x < (uint)Width
            ? Image + ((((((nint)cell.Image * Height) + y) * Width) + x) * Channels)
            : Zeros;
    }

    private struct Cell
    {
        internal int Image;
        internal int Y;
        internal int X;
        internal int GridX;
    }
}
