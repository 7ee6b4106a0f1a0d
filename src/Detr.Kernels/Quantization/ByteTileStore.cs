using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>Brings a finished tile of sums to the result, as <see cref="QuantizedEpilogue"/> says. Every path rounds alike.</summary>
internal unsafe struct ByteTileStore
{
    internal float* Scale;
    internal float* Bias;
    internal byte* Residual;
    internal float ResidualScale;
    internal float Maximum;

    /// <summary>One row.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="columns">How many.</param>
    /// <param name="column">The first one's column in the result.</param>
    /// <param name="y">The result's first element.</param>
    /// <param name="offset">Elements from there to the first one's place.</param>
    internal readonly void Row(int* sums, int columns, int column, byte* y, nint offset)
    {
        int c = Avx512F.IsSupported ? Sixteens(sums, columns, column, y, offset) : Avx2.IsSupported ? Eights(sums, columns, column, y, offset) : 0;
        for (; c < columns; c++)
        {
            y[offset + c] = One(sums[c], Scale[column + c], Bias[column + c], Residual == null ? 0f : Residual[offset + c] * ResidualScale, Maximum);
        }
    }

    /// <summary>One element, which is what the vectors do as well.</summary>
    internal static byte One(int sum, float scale, float bias, float residual, float maximum)
    {
        float x = sum * scale;
        x += bias;
        x += residual;
        return (byte)MathF.Round(MathF.Min(MathF.Max(x, 0f), maximum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Sixteens(int* sums, int columns, int column, byte* y, nint offset)
    {
        int c = 0;
        Vector512<float> maximum = Vector512.Create(Maximum), step = Vector512.Create(ResidualScale);
        for (; c + 16 <= columns; c += 16)
        {
            Vector512<float> x = Avx512F.ConvertToVector512Single(Vector512.Load(sums + c)) * Vector512.Load(Scale + column + c);
            x += Vector512.Load(Bias + column + c);
            if (Residual != null)
            {
                x += Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(Residual + offset + c))) * step;
            }

            x = Avx512F.Min(Avx512F.Max(x, Vector512<float>.Zero), maximum);
            Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32(x)).Store(y + offset + c);
        }

        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Eights(int* sums, int columns, int column, byte* y, nint offset)
    {
        int c = 0;
        Vector256<float> maximum = Vector256.Create(Maximum), step = Vector256.Create(ResidualScale);
        for (; c + 8 <= columns; c += 8)
        {
            Vector256<float> x = Avx.ConvertToVector256Single(Vector256.Load(sums + c)) * Vector256.Load(Scale + column + c);
            x += Vector256.Load(Bias + column + c);
            if (Residual != null)
            {
                x += Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(Residual + offset + c)) * step;
            }

            Vector256<int> rounded = Avx.ConvertToVector256Int32(Avx.Min(Avx.Max(x, Vector256<float>.Zero), maximum));
            Vector128<ushort> words = Sse41.PackUnsignedSaturate(rounded.GetLower(), rounded.GetUpper());
            *(long*)(y + offset + c) = Sse2.PackUnsignedSaturate(words.AsInt16(), words.AsInt16()).AsInt64().ToScalar();
        }

        return c;
    }
}
