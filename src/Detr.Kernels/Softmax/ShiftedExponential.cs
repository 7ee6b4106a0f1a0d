using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>
/// exp(x − shift) for x that are no larger than the shift, with their sum, in one pass: what a softmax is made of.
/// </summary>
/// <remarks>
/// exp(x) = 2ⁿ exp(r) with n the integer nearest to x / ln 2; |r| ≤ ln 2 / 2, where the polynomial of Cephes' expf (Moshier)
/// is good to the last bit or two. What would be less than the smallest normal number is 0.
/// </remarks>
internal static unsafe class ShiftedExponential
{
    private const int Lanes = 8;
    private const float Smallest = -87.33654f;
    private const float InverseLogarithm = 1.44269504f;

    // ln 2 in two parts: the first has few enough bits that n times it is exact.
    private const float LogarithmHigh = 0.693359375f;
    private const float LogarithmLow = -2.12194440e-4f;

    /// <summary>y = exp(x − shift).</summary>
    /// <param name="x">The numbers, none larger than the shift; −∞ gives 0.</param>
    /// <param name="shift">The shift, a finite number.</param>
    /// <param name="y">Takes as many results; may be x itself.</param>
    /// <returns>The results' sum; not a number when one of x is not.</returns>
    internal static float Execute(ReadOnlySpan<float> x, float shift, Span<float> y)
    {
        Vector256<float> sum = Vector256<float>.Zero, shifts = Vector256.Create(shift);
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            Vector256<float> values = Of(Vector256.Create(x.Slice(i, Lanes)) - shifts);
            values.CopyTo(y[i..]);
            sum += values;
        }

        return Vector256.Sum(i < x.Length ? sum + Rest(x[i..], shifts, y[i..]) : sum);
    }

    /// <summary>The largest of some numbers; one that is not a number may be passed over.</summary>
    internal static float Largest(ReadOnlySpan<float> x)
    {
        Vector256<float> largest = Vector256.Create(float.NegativeInfinity);
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            largest = Vector256.MaxNative(largest, Vector256.Create(x.Slice(i, Lanes)));
        }

        Vector128<float> half = Vector128.MaxNative(largest.GetLower(), largest.GetUpper());
        half = Vector128.MaxNative(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        float result = MathF.Max(half[0], half[1]);
        for (; i < x.Length; i++)
        {
            result = MathF.Max(result, x[i]);
        }

        return result;
    }

    /// <summary>What does not fill a vector; apart, because room on the stack would cost every call.</summary>
    private static Vector256<float> Rest(ReadOnlySpan<float> x, Vector256<float> shifts, Span<float> y)
    {
        Span<float> last = stackalloc float[Lanes];
        last.Fill(float.NegativeInfinity);
        x.CopyTo(last);
        Vector256<float> values = Of(Vector256.Create<float>(last) - shifts);
        values.CopyTo(last);
        last[..x.Length].CopyTo(y);
        return values;
    }

    /// <summary>exp(x) for x up to 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Of(Vector512<float> x)
    {
        // The comparison is false for what is not a number, which therefore stays what it is.
        Vector512<float> vanishes = Avx512F.CompareLessThan(x, Vector512.Create(Smallest));
        Vector512<float> n = Avx512F.RoundScale(Avx512F.Multiply(x, Vector512.Create(InverseLogarithm)), 0);
        Vector512<float> r = Avx512F.FusedMultiplyAdd(n, Vector512.Create(-LogarithmHigh), x);
        r = Avx512F.FusedMultiplyAdd(n, Vector512.Create(-LogarithmLow), r);
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Avx512F.Add(Avx512F.FusedMultiplyAdd(p, Avx512F.Multiply(r, r), r), Vector512<float>.One);
        return Avx512F.BlendVariable(Avx512F.Scale(p, n), Vector512<float>.Zero, vanishes);
    }

    /// <summary>exp(x) for x up to 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Of(Vector256<float> x)
    {
        // The comparison is false for what is not a number, which therefore stays what it is.
        Vector256<float> vanishes = Vector256.LessThan(x, Vector256.Create(Smallest));
        x = Vector256.ConditionalSelect(vanishes, Vector256<float>.Zero, x);
        Vector256<float> n = Vector256.Round(x * InverseLogarithm);
        Vector256<float> r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-LogarithmHigh), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-LogarithmLow), r);
        Vector256<float> p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(5.0000001201e-1f));
        p = Vector256.FusedMultiplyAdd(p, r * r, r) + Vector256<float>.One;
        Vector256<float> power = Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n) + Vector256.Create(127), 23).AsSingle();
        return Vector256.ConditionalSelect(vanishes, Vector256<float>.Zero, p * power);
    }
}
