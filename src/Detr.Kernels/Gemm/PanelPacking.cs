using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>The two ways to fill a panel: lines of the source that run along the depth, or across it.</summary>
internal static unsafe class PanelPacking
{
    /// <summary>
    /// Interleaves lines that run along the depth: panel[k · height + r] = lines[r][k], zero for absent lines.
    /// Four lines at a time, as 4 × 4 transposes.
    /// </summary>
    internal static void Interleave(float** lines, int count, int height, int depth, float* panel)
    {
        InterleaveLines(lines, count, height, depth, panel);
        for (int r = count; r < height; r++)
        {
            float* target = panel + r;
            for (int k = 0; k < depth; k++, target += height)
            {
                *target = 0f;
            }
        }
    }

    /// <summary>The same for the lines that there are; the rest of the panel is left as it is.</summary>
    private static void InterleaveLines(float** lines, int count, int height, int depth, float* panel)
    {
        int r = 0;
        for (; r + 4 <= count; r += 4)
        {
            Interleave4(lines[r], lines[r + 1], lines[r + 2], lines[r + 3], height, depth, panel + r);
        }

        if (r < count && count > 4)
        {
            // The last lines once more with some before them: cheaper than one by one.
            r = count - 4;
            Interleave4(lines[r], lines[r + 1], lines[r + 2], lines[r + 3], height, depth, panel + r);
            r = count;
        }

        for (; r < count; r++)
        {
            float* line = lines[r];
            float* target = panel + r;
            for (int k = 0; k < depth; k++, target += height)
            {
                *target = line[k];
            }
        }
    }

    /// <summary>Turns a matrix over: target[c · targetStride + r] = source[r · stride + c].</summary>
    internal static void Turn(float* source, nint stride, int rows, int columns, float* target, int targetStride)
    {
        const int RowsAtOnce = 64;
        float** lines = stackalloc float*[RowsAtOnce];
        for (int row = 0; row < rows; row += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, rows - row);
            for (int i = 0; i < count; i++)
            {
                lines[i] = source + ((row + i) * stride);
            }

            InterleaveLines(lines, count, targetStride, columns, target + row);
        }
    }

    /// <summary>Copies lines that run across the depth: panel[k · width + c] = source[k · stride + c], zero past the end.</summary>
    internal static void CopyAcross(float* source, nint stride, int count, int width, int depth, float* panel)
    {
        if (count == width && width == 12)
        {
            for (int k = 0; k < depth; k++, source += stride, panel += width)
            {
                Vector256<float> first = Vector256.Load(source);
                Vector128<float> last = Vector128.Load(source + 8);
                first.Store(panel);
                last.Store(panel + 8);
            }

            return;
        }

        if (count == width)
        {
            for (int k = 0; k < depth; k++, source += stride, panel += width)
            {
                CopyLine(source, panel, width);
            }

            return;
        }

        for (int k = 0; k < depth; k++, source += stride, panel += width)
        {
            CopyLine(source, panel, count);
            new Span<float>(panel + count, width - count).Clear();
        }
    }

    /// <summary>Copies a few numbers, as panels are wide: too few for a call into memmove to pay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyLine(float* source, float* target, int count)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 16 <= count; i += 16)
            {
                Avx512F.LoadVector512(source + i).Store(target + i);
            }
        }

        for (; i + 8 <= count; i += 8)
        {
            Vector256.Load(source + i).Store(target + i);
        }

        for (; i + 4 <= count; i += 4)
        {
            Vector128.Load(source + i).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] = source[i];
        }
    }

    private static void Interleave4(float* l0, float* l1, float* l2, float* l3, int height, int depth, float* target)
    {
        int k = 0;
        if (Avx.IsSupported)
        {
            // Two 4 × 4 transposes side by side, one in each half of the registers.
            for (; k + 8 <= depth; k += 8, target += 8 * height)
            {
                Vector256<float> x0 = Vector256.Load(l0 + k), x1 = Vector256.Load(l1 + k);
                Vector256<float> x2 = Vector256.Load(l2 + k), x3 = Vector256.Load(l3 + k);
                Vector256<float> low01 = Avx.UnpackLow(x0, x1), high01 = Avx.UnpackHigh(x0, x1);
                Vector256<float> low23 = Avx.UnpackLow(x2, x3), high23 = Avx.UnpackHigh(x2, x3);
                x0 = Avx.Shuffle(low01, low23, 0x44);
                x1 = Avx.Shuffle(low01, low23, 0xEE);
                x2 = Avx.Shuffle(high01, high23, 0x44);
                x3 = Avx.Shuffle(high01, high23, 0xEE);
                x0.GetLower().Store(target);
                x1.GetLower().Store(target + height);
                x2.GetLower().Store(target + (2 * height));
                x3.GetLower().Store(target + (3 * height));
                x0.GetUpper().Store(target + (4 * height));
                x1.GetUpper().Store(target + (5 * height));
                x2.GetUpper().Store(target + (6 * height));
                x3.GetUpper().Store(target + (7 * height));
            }
        }

        for (; k + 4 <= depth; k += 4, target += 4 * height)
        {
            Vector128<float> x0 = Vector128.Load(l0 + k), x1 = Vector128.Load(l1 + k);
            Vector128<float> x2 = Vector128.Load(l2 + k), x3 = Vector128.Load(l3 + k);
            Vector128<double> low01 = ZipLow(x0, x1).AsDouble(), high01 = ZipHigh(x0, x1).AsDouble();
            Vector128<double> low23 = ZipLow(x2, x3).AsDouble(), high23 = ZipHigh(x2, x3).AsDouble();
            ZipLow(low01, low23).AsSingle().Store(target);
            ZipHigh(low01, low23).AsSingle().Store(target + height);
            ZipLow(high01, high23).AsSingle().Store(target + (2 * height));
            ZipHigh(high01, high23).AsSingle().Store(target + (3 * height));
        }

        for (; k < depth; k++, target += height)
        {
            target[0] = l0[k];
            target[1] = l1[k];
            target[2] = l2[k];
            target[3] = l3[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackLow(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
            : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackHigh(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
            : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> ZipLow(Vector128<double> a, Vector128<double> b)
        => Sse2.IsSupported ? Sse2.UnpackLow(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
            : Vector128.Create(a[0], b[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> ZipHigh(Vector128<double> a, Vector128<double> b)
        => Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
            : Vector128.Create(a[1], b[1]);
}
