using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>The two ways to fill a panel: lines of the source that run along the depth, or across it.</summary>
internal static unsafe class PanelPacking
{
    /// <summary>
    /// Interleaves lines that run along the depth: panel[k · height + r] = lines[r][k], zero for absent lines.
    /// Four lines at a time, four steps of depth at a time, as 4 × 4 transposes in 128-bit registers.
    /// </summary>
    internal static void Interleave(float** lines, int count, int height, int depth, float* panel)
    {
        int r = 0;
        for (; r + 4 <= count; r += 4)
        {
            Interleave4(lines[r], lines[r + 1], lines[r + 2], lines[r + 3], height, depth, panel + r);
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

        for (; r < height; r++)
        {
            float* target = panel + r;
            for (int k = 0; k < depth; k++, target += height)
            {
                *target = 0f;
            }
        }
    }

    /// <summary>Copies lines that run across the depth: panel[k · width + c] = source[k · stride + c], zero past the end.</summary>
    internal static void CopyAcross(float* source, nint stride, int count, int width, int depth, float* panel)
    {
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
        for (; i + 8 <= count; i += 8)
        {
            Vector256.Load(source + i).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] = source[i];
        }
    }

    private static void Interleave4(float* l0, float* l1, float* l2, float* l3, int height, int depth, float* target)
    {
        int k = 0;
        for (; k + 4 <= depth; k += 4, target += 4 * height)
        {
            Vector128<float> x0 = Vector128.Load(l0 + k);
            Vector128<float> x1 = Vector128.Load(l1 + k);
            Vector128<float> x2 = Vector128.Load(l2 + k);
            Vector128<float> x3 = Vector128.Load(l3 + k);
            Transpose(ref x0, ref x1, ref x2, ref x3);
            x0.Store(target);
            x1.Store(target + height);
            x2.Store(target + (2 * height));
            x3.Store(target + (3 * height));
        }

        for (; k < depth; k++, target += height)
        {
            target[0] = l0[k];
            target[1] = l1[k];
            target[2] = l2[k];
            target[3] = l3[k];
        }
    }

    /// <summary>Lane j of register i becomes lane i of register j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector128<float> x0, ref Vector128<float> x1, ref Vector128<float> x2, ref Vector128<float> x3)
    {
        Vector128<float> low01 = UnpackLow(x0, x1);
        Vector128<float> high01 = UnpackHigh(x0, x1);
        Vector128<float> low23 = UnpackLow(x2, x3);
        Vector128<float> high23 = UnpackHigh(x2, x3);
        x0 = Vector128.Create(low01.GetLower(), low23.GetLower());
        x1 = Vector128.Create(low01.GetUpper(), low23.GetUpper());
        x2 = Vector128.Create(high01.GetLower(), high23.GetLower());
        x3 = Vector128.Create(high01.GetUpper(), high23.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> UnpackLow(Vector128<float> a, Vector128<float> b)
        => System.Runtime.Intrinsics.X86.Sse.IsSupported
            ? System.Runtime.Intrinsics.X86.Sse.UnpackLow(a, b)
            : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> UnpackHigh(Vector128<float> a, Vector128<float> b)
        => System.Runtime.Intrinsics.X86.Sse.IsSupported
            ? System.Runtime.Intrinsics.X86.Sse.UnpackHigh(a, b)
            : Vector128.Create(a[2], b[2], a[3], b[3]);
}
