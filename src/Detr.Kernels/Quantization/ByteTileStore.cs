using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>Brings a finished tile of sums to the result, as <see cref="QuantizedEpilogue"/> says. Every path rounds alike.</summary>
internal unsafe struct ByteTileStore
{
    internal byte* Y;
    internal nint Stride;
    internal float* Scale;
    internal float* Bias;
    internal byte* Residual;
    internal float ResidualScale;
    internal float Maximum;

    /// <summary>Asks for the lines that <see cref="Store"/> will touch, before the sums are made: they arrive from memory meanwhile.</summary>
    /// <param name="row">The first row in the result.</param>
    /// <param name="rows">How many.</param>
    /// <param name="column">The first column in the result; all of a panel's are in the same line, or nearly so.</param>
    internal readonly void Prefetch(int row, int rows, int column)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        nint offset = (row * Stride) + column;
        for (int r = 0; r < rows; r++, offset += Stride)
        {
            Sse.Prefetch0(Y + offset);
            if (Residual != null && Residual != Y)
            {
                Sse.Prefetch0(Residual + offset);
            }
        }
    }

    /// <summary>Stores rows × columns of a tile.</summary>
    /// <param name="sums">The tile.</param>
    /// <param name="tileStride">Elements from one of its rows to the next.</param>
    /// <param name="row">The first row in the result.</param>
    /// <param name="rows">Rows to store.</param>
    /// <param name="column">The first column in the result.</param>
    /// <param name="columns">Columns to store.</param>
    internal readonly void Store(int* sums, int tileStride, int row, int rows, int column, int columns)
    {
        nint offset = (row * Stride) + column;
        int c = 0;
        for (; Avx512F.IsSupported && c + 16 <= columns; c += 16)
        {
            Sixteen(sums + c, tileStride, rows, column + c, offset + c);
        }

        for (; Avx2.IsSupported && c + 8 <= columns; c += 8)
        {
            Eight(sums + c, tileStride, rows, column + c, offset + c);
        }

        for (; c < columns; c++)
        {
            for (int r = 0; r < rows; r++)
            {
                nint place = offset + c + (r * Stride);
                Y[place] = One(sums[(r * tileStride) + c], Scale[column + c], Bias[column + c], Residual == null ? 0f : Residual[place] * ResidualScale, Maximum);
            }
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

    private readonly void Sixteen(int* sums, int tileStride, int rows, int column, nint offset)
    {
        Vector512<float> scale = Avx512F.LoadVector512(Scale + column), bias = Avx512F.LoadVector512(Bias + column);
        Vector512<float> maximum = Vector512.Create(Maximum), step = Vector512.Create(ResidualScale);
        byte* y = Y + offset, residual = Residual == null ? null : Residual + offset;
        nint stride = Stride;
        for (; rows > 0; rows--, sums += tileStride, y += stride)
        {
            Vector512<float> x = Avx512F.Add(Avx512F.Multiply(Avx512F.ConvertToVector512Single(Avx512F.LoadVector512(sums)), scale), bias);
            if (residual != null)
            {
                x = Avx512F.Add(x, Avx512F.Multiply(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(residual))), step));
                residual += stride;
            }

            x = Avx512F.Min(Avx512F.Max(x, Vector512<float>.Zero), maximum);
            Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32(x)).Store(y);
        }
    }

    private readonly void Eight(int* sums, int tileStride, int rows, int column, nint offset)
    {
        Vector256<float> scale = Vector256.Load(Scale + column), bias = Vector256.Load(Bias + column);
        Vector256<float> maximum = Vector256.Create(Maximum), step = Vector256.Create(ResidualScale);
        byte* y = Y + offset, residual = Residual == null ? null : Residual + offset;
        nint stride = Stride;
        for (; rows > 0; rows--, sums += tileStride, y += stride)
        {
            Vector256<float> x = Avx.ConvertToVector256Single(Vector256.Load(sums)) * scale;
            x += bias;
            if (residual != null)
            {
                x += Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(residual)) * step;
                residual += stride;
            }

            Vector256<int> rounded = Avx.ConvertToVector256Int32(Avx.Min(Avx.Max(x, Vector256<float>.Zero), maximum));
            Vector128<ushort> words = Sse41.PackUnsignedSaturate(rounded.GetLower(), rounded.GetUpper());
            *(long*)y = Sse2.PackUnsignedSaturate(words.AsInt16(), words.AsInt16()).AsInt64().ToScalar();
        }
    }
}
