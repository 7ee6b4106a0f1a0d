namespace Detr.Kernels;

/// <summary>
/// A 3 × 3 kernel's transform G g Gᵀ as right operands of 36 products: for each panel of columns, for each of the 36
/// cells, the panel over the whole depth.
/// </summary>
internal static unsafe class WinogradWeights
{
    /// <summary>How many elements the transform takes.</summary>
    /// <param name="depth">Channels that are summed.</param>
    /// <param name="columns">Channels that are made.</param>
    internal static int Length(int depth, int columns)
        => checked(WinogradTransform.Cells * PackedColumns.Length(depth, columns, Microkernel.Best.Columns));

    /// <summary>Transforms a kernel.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The convolution.</param>
    /// <param name="weight">[out, in, 3, 3].</param>
    /// <param name="backward">Whether output channels are summed into input channels, and taps turned by half a circle: the input's gradient.</param>
    /// <param name="target">Takes the transform.</param>
    internal static void Transform(WorkerPool pool, in ConvolutionShape shape, float* weight, bool backward, float* target)
    {
        int depth = backward ? shape.OutputChannels : shape.InputChannels, columns = backward ? shape.InputChannels : shape.OutputChannels;
        nint outputStep = (nint)shape.InputChannels * WinogradTransform.Taps;
        int width = Microkernel.Best.Columns;
        Body body = new()
        {
            Weight = weight, Target = target, Depth = depth, Columns = columns, Width = width, Backward = backward,
            DepthStep = backward ? outputStep : WinogradTransform.Taps, ColumnStep = backward ? WinogradTransform.Taps : outputStep,
        };
        pool.For((columns + width - 1) / width * depth, Grain.Rows(WinogradTransform.Cells * width), ref body);
    }

    private struct Body : IRangeBody
    {
        internal float* Weight;
        internal float* Target;
        internal nint DepthStep;
        internal nint ColumnStep;
        internal int Depth;
        internal int Columns;
        internal int Width;
        internal bool Backward;

        public readonly void Execute(int start, int end)
        {
            float* taps = stackalloc float[WinogradTransform.Taps * Width];
            float* cells = stackalloc float[WinogradTransform.Cells * Width];
            for (int item = start; item < end; item++)
            {
                (int panel, int row) = Math.DivRem(item, Depth);
                int columns = Math.Min(Width, Columns - (panel * Width));
                if (columns < Width)
                {
                    new Span<float>(taps, WinogradTransform.Taps * Width).Clear();
                }

                float* source = Weight + (row * DepthStep) + (panel * Width * ColumnStep);
                for (int column = 0; column < columns; column++, source += ColumnStep)
                {
                    for (int tap = 0; tap < WinogradTransform.Taps; tap++)
                    {
                        taps[(tap * Width) + column] = source[Backward ? WinogradTransform.Taps - 1 - tap : tap];
                    }
                }

                for (int column = 0; column < Width; column += WinogradTransform.Lanes)
                {
                    WinogradTransform.Kernel(taps + column, Width, cells + column, Width);
                }

                float* target = Target + (((nint)panel * WinogradTransform.Cells * Depth) + row) * Width;
                for (int cell = 0; cell < WinogradTransform.Cells; cell++, target += (nint)Depth * Width)
                {
                    PanelPacking.CopyLine(cells + (cell * Width), target, Width);
                }
            }
        }
    }
}
