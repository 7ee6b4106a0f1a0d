using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>
/// The three linear maps of Winograd's F(4 × 4, 3 × 3) (Lavin and Gray 2016), each along one axis, eight channels at a
/// time: y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A makes 4 × 4 outputs of a 3 × 3 kernel from a 6 × 6 patch with 36 products instead
/// of 144.
/// </summary>
/// <remarks>
/// The maps interpolate at 0, ±√½, ±√2 and ∞. The usual 0, ±1, ±2, ∞ give smaller fractions and several times the
/// rounding error, because their powers differ more in size. A map along one axis has no loop, so that by itself it would be
/// compiled without care at first and called a hundred thousand times; inlined, it is compiled as its caller's loops are.
/// </remarks>
internal static unsafe class WinogradTransform
{
    /// <summary>Outputs along each side of a tile.</summary>
    internal const int Tile = 4;

    /// <summary>Inputs along each side of a tile's patch.</summary>
    internal const int Patch = 6;

    /// <summary>Products of a tile: cells of a patch.</summary>
    internal const int Cells = Patch * Patch;

    /// <summary>Taps of the kernel.</summary>
    internal const int Taps = 9;

    /// <summary>Channels that one call transforms.</summary>
    internal const int Lanes = 8;

    private const float Near = 0.70710678118654752f;
    private const float Far = 1.4142135623730950f;

    /// <summary>Bᵀ d B: a patch's 36 values, cell [i, j] at i · rowStep + j · pixelStep, to 36 planes.</summary>
    internal static void Input(float* patch, nint rowStep, nint pixelStep, float* planes, nint planeStep)
    {
        float* half = stackalloc float[Cells * Lanes];
        for (int j = 0; j < Patch; j++)
        {
            InputAxis(patch + (j * pixelStep), rowStep, half + (j * Lanes), Patch * Lanes);
        }

        for (int i = 0; i < Patch; i++)
        {
            InputAxis(half + (i * Patch * Lanes), Lanes, planes + (i * Patch * planeStep), planeStep);
        }
    }

    /// <summary>Aᵀ m A: 36 planes to a tile's 16 outputs, [i, j] at i · rowStep + j · pixelStep.</summary>
    internal static void Output(float* planes, nint planeStep, float* tile, nint rowStep, nint pixelStep)
    {
        float* half = stackalloc float[Tile * Patch * Lanes];
        for (int j = 0; j < Patch; j++)
        {
            OutputAxis(planes + (j * planeStep), Patch * planeStep, half + (j * Lanes), Patch * Lanes);
        }

        for (int i = 0; i < Tile; i++)
        {
            OutputAxis(half + (i * Patch * Lanes), Lanes, tile + (i * rowStep), pixelStep);
        }
    }

    /// <summary>G g Gᵀ: nine taps, <paramref name="step"/> apart, to 36 planes.</summary>
    internal static void Kernel(float* taps, nint step, float* planes, nint planeStep)
    {
        float* half = stackalloc float[Patch * 3 * Lanes];
        for (int j = 0; j < 3; j++)
        {
            KernelAxis(taps + (j * step), 3 * step, half + (j * Lanes), 3 * Lanes);
        }

        for (int i = 0; i < Patch; i++)
        {
            KernelAxis(half + (i * 3 * Lanes), Lanes, planes + (i * Patch * planeStep), planeStep);
        }
    }

    /// <summary>A dy Aᵀ: the gradient of a tile's outputs, dense [4, 4, 8], to 36 planes; <see cref="Output"/> transposed.</summary>
    internal static void OutputGradient(float* tile, float* planes, nint planeStep)
    {
        float* half = stackalloc float[Patch * Tile * Lanes];
        for (int j = 0; j < Tile; j++)
        {
            OutputAxisTransposed(tile + (j * Lanes), Tile * Lanes, half + (j * Lanes), Tile * Lanes);
        }

        for (int i = 0; i < Patch; i++)
        {
            OutputAxisTransposed(half + (i * Tile * Lanes), Lanes, planes + (i * Patch * planeStep), planeStep);
        }
    }

    /// <summary>Gᵀ m G: 36 planes to the gradient of nine taps, dense [3, 3, 8]; <see cref="Kernel"/> transposed.</summary>
    internal static void KernelGradient(float* planes, nint planeStep, float* taps)
    {
        float* half = stackalloc float[3 * Patch * Lanes];
        for (int j = 0; j < Patch; j++)
        {
            KernelAxisTransposed(planes + (j * planeStep), Patch * planeStep, half + (j * Lanes), Patch * Lanes);
        }

        for (int i = 0; i < 3; i++)
        {
            KernelAxisTransposed(half + (i * Patch * Lanes), Lanes, taps + (i * 3 * Lanes), Lanes);
        }
    }

    /// <summary>Bᵀ: the row of a point p holds the coefficients of x(x² − ½)(x² − 2) / (x − p).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputAxis(float* d, nint step, float* r, nint resultStep)
    {
        Vector256<float> d0 = Vector256.Load(d), d1 = Vector256.Load(d + step), d2 = Vector256.Load(d + (2 * step));
        Vector256<float> d3 = Vector256.Load(d + (3 * step)), d4 = Vector256.Load(d + (4 * step)), d5 = Vector256.Load(d + (5 * step));
        Vector256<float> evenNear = Fma(d2, -2f, d4), oddNear = Fma(d1, -Far, d3 * Near);
        Vector256<float> evenFar = Fma(d2, -0.5f, d4), oddFar = Fma(d1, -Near, d3 * Far);
        (Fma(d2, -2.5f, d4) + d0).Store(r);
        (evenNear + oddNear).Store(r + resultStep);
        (evenNear - oddNear).Store(r + (2 * resultStep));
        (evenFar + oddFar).Store(r + (3 * resultStep));
        (evenFar - oddFar).Store(r + (4 * resultStep));
        (Fma(d3, -2.5f, d5) + d1).Store(r + (5 * resultStep));
    }

    /// <summary>Aᵀ: row i holds the points' i-th powers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputAxis(float* m, nint step, float* y, nint resultStep)
    {
        Vector256<float> m1 = Vector256.Load(m + step), m2 = Vector256.Load(m + (2 * step));
        Vector256<float> m3 = Vector256.Load(m + (3 * step)), m4 = Vector256.Load(m + (4 * step));
        Vector256<float> evenNear = m1 + m2, oddNear = m1 - m2, evenFar = m3 + m4, oddFar = m3 - m4;
        (Vector256.Load(m) + evenNear + evenFar).Store(y);
        Fma(oddNear, Near, oddFar * Far).Store(y + resultStep);
        Fma(evenNear, 0.5f, evenFar * 2f).Store(y + (2 * resultStep));
        Fma(oddNear, Near / 2, Fma(oddFar, 2 * Far, Vector256.Load(m + (5 * step)))).Store(y + (3 * resultStep));
    }

    /// <summary>G: the row of a point p holds 1, p and p² over the product of its distances to the other points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KernelAxis(float* g, nint step, float* u, nint resultStep)
    {
        Vector256<float> g0 = Vector256.Load(g), g1 = Vector256.Load(g + step), g2 = Vector256.Load(g + (2 * step));
        Vector256<float> evenNear = Fma(g2, 0.5f, g0) * (-2f / 3), oddNear = g1 * (-2f / 3 * Near);
        Vector256<float> evenFar = Fma(g2, 2f, g0) * (1f / 6), oddFar = g1 * (Far / 6);
        g0.Store(u);
        (evenNear + oddNear).Store(u + resultStep);
        (evenNear - oddNear).Store(u + (2 * resultStep));
        (evenFar + oddFar).Store(u + (3 * resultStep));
        (evenFar - oddFar).Store(u + (4 * resultStep));
        g2.Store(u + (5 * resultStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputAxisTransposed(float* y, nint step, float* m, nint resultStep)
    {
        Vector256<float> y0 = Vector256.Load(y), y1 = Vector256.Load(y + step);
        Vector256<float> y2 = Vector256.Load(y + (2 * step)), y3 = Vector256.Load(y + (3 * step));
        Vector256<float> evenNear = Fma(y2, 0.5f, y0), oddNear = Fma(y3, 0.5f, y1) * Near;
        Vector256<float> evenFar = Fma(y2, 2f, y0), oddFar = Fma(y3, 2f, y1) * Far;
        y0.Store(m);
        (evenNear + oddNear).Store(m + resultStep);
        (evenNear - oddNear).Store(m + (2 * resultStep));
        (evenFar + oddFar).Store(m + (3 * resultStep));
        (evenFar - oddFar).Store(m + (4 * resultStep));
        y3.Store(m + (5 * resultStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KernelAxisTransposed(float* u, nint step, float* g, nint resultStep)
    {
        Vector256<float> u1 = Vector256.Load(u + step), u2 = Vector256.Load(u + (2 * step));
        Vector256<float> u3 = Vector256.Load(u + (3 * step)), u4 = Vector256.Load(u + (4 * step));
        Vector256<float> evenNear = (u1 + u2) * (-2f / 3), evenFar = (u3 + u4) * (1f / 6);
        (Vector256.Load(u) + evenNear + evenFar).Store(g);
        Fma(u1 - u2, -2f / 3 * Near, (u3 - u4) * (Far / 6)).Store(g + resultStep);
        Fma(evenNear, 0.5f, Fma(evenFar, 2f, Vector256.Load(u + (5 * step)))).Store(g + (2 * resultStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Fma(Vector256<float> a, float b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, Vector256.Create(b), c);
}
