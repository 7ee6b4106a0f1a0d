using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>Brings a finished tile to the result: factors, what was there before, and the epilogue.</summary>
internal unsafe struct TileStore
{
    /// <summary>The product's factor.</summary>
    internal float Alpha;

    /// <summary>The factor of what the result holds; 0 reads nothing.</summary>
    internal float Beta;

    /// <summary>One factor a column, or null.</summary>
    internal float* Scale;

    /// <summary>One term a column, or null.</summary>
    internal float* Bias;

    /// <summary>One term an element, laid out as the result, or null.</summary>
    internal float* Residual;

    /// <summary>Whether negative results become zero.</summary>
    internal bool Relu;

    /// <summary>The part that belongs between two blocks of depth: sums only.</summary>
    internal readonly TileStore Partial(bool first) => new() { Alpha = Alpha, Beta = first ? Beta : 1f };

    /// <summary>The part that belongs to the last block of depth.</summary>
    internal readonly TileStore Final(bool first)
    {
        TileStore store = this;
        store.Beta = first ? Beta : 1f;
        return store;
    }

    /// <summary>Whether sums are stored as they are.</summary>
    internal readonly bool IsPlain => Alpha == 1f && Beta == 0f && Scale == null && Bias == null && Residual == null && !Relu;

    /// <summary>The epilogue on eight columns of a row.</summary>
    /// <param name="x">The sums.</param>
    /// <param name="residual">Their residual, or null.</param>
    /// <param name="column">The first of the eight columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly Vector256<float> Finish(Vector256<float> x, float* residual, int column)
    {
        if (Scale != null)
        {
            x *= Vector256.Load(Scale + column);
        }

        if (Bias != null)
        {
            x += Vector256.Load(Bias + column);
        }

        if (residual != null)
        {
            x += Vector256.Load(residual);
        }

        return Relu ? Vector256.Max(x, Vector256<float>.Zero) : x;
    }

    /// <summary>
    /// Asks for the lines that <see cref="Store"/> will touch, before the sums are made: they arrive from memory meanwhile.
    /// </summary>
    /// <param name="rows">Rows to store.</param>
    /// <param name="columns">Columns to store.</param>
    /// <param name="target">The result's first element.</param>
    /// <param name="rowOffsets">Where each row begins in the result.</param>
    /// <param name="column">The tile's first column in the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Prefetch(int rows, int columns, float* target, nint* rowOffsets, int column)
    {
        const int Line = 16;
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            nint offset = rowOffsets[r] + column;
            for (int c = 0; c < columns; c += Line)
            {
                Sse.Prefetch0(target + offset + c);
                if (Residual != null)
                {
                    Sse.Prefetch0(Residual + offset + c);
                }
            }
        }
    }

    /// <summary>Stores rows × columns of a tile.</summary>
    /// <param name="tile">The tile, <paramref name="tileStride"/> elements a row.</param>
    /// <param name="tileStride">Columns of the microkernel.</param>
    /// <param name="rows">Rows to store.</param>
    /// <param name="columns">Columns to store.</param>
    /// <param name="target">The result's first element.</param>
    /// <param name="rowOffsets">Where each row begins in the result.</param>
    /// <param name="column">The tile's first column in the result.</param>
    internal readonly void Store(float* tile, int tileStride, int rows, int columns, float* target, nint* rowOffsets, int column)
    {
        bool sumsOnly = Alpha == 1f && Scale == null && Bias == null && Residual == null && !Relu;
        bool overwrites = sumsOnly && Beta == 0f, adds = sumsOnly && Beta == 1f;
        for (int r = 0; r < rows; r++, tile += tileStride)
        {
            nint offset = rowOffsets[r] + column;
            if (overwrites)
            {
                PanelPacking.CopyLine(tile, target + offset, columns);
            }
            else if (adds)
            {
                AddRow(tile, columns, target + offset);
            }
            else
            {
                StoreRow(tile, columns, target + offset, Residual == null ? null : Residual + offset, column);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(float* tile, int columns, float* target)
    {
        int c = 0;
        if (Avx512F.IsSupported)
        {
            for (; c + 16 <= columns; c += 16)
            {
                Avx512F.Add(Avx512F.LoadVector512(tile + c), Avx512F.LoadVector512(target + c)).Store(target + c);
            }
        }

        for (; c + 8 <= columns; c += 8)
        {
            (Vector256.Load(tile + c) + Vector256.Load(target + c)).Store(target + c);
        }

        for (; c < columns; c++)
        {
            target[c] += tile[c];
        }
    }

    private readonly void StoreRow(float* tile, int columns, float* target, float* residual, int column)
    {
        int c = Avx512F.IsSupported ? StoreWide(tile, columns, target, residual, column) : 0;
        for (; c + 8 <= columns; c += 8)
        {
            Vector256<float> x = Vector256.Load(tile + c) * Alpha;
            if (Beta != 0f)
            {
                x += Vector256.Load(target + c) * Beta;
            }

            Finish(x, residual == null ? null : residual + c, column + c).Store(target + c);
        }

        for (; c < columns; c++)
        {
            target[c] = One(tile[c], target + c, residual == null ? 0f : residual[c], column + c);
        }
    }

    /// <summary>The same, sixteen columns at a time; returns how many are done.</summary>
    private readonly int StoreWide(float* tile, int columns, float* target, float* residual, int column)
    {
        int c = 0;
        Vector512<float> alpha = Vector512.Create(Alpha), beta = Vector512.Create(Beta);
        for (; c + 16 <= columns; c += 16)
        {
            Vector512<float> x = Avx512F.Multiply(Avx512F.LoadVector512(tile + c), alpha);
            if (Beta != 0f)
            {
                x = Avx512F.Add(x, Avx512F.Multiply(Avx512F.LoadVector512(target + c), beta));
            }

            if (Scale != null)
            {
                x = Avx512F.Multiply(x, Avx512F.LoadVector512(Scale + column + c));
            }

            if (Bias != null)
            {
                x = Avx512F.Add(x, Avx512F.LoadVector512(Bias + column + c));
            }

            if (residual != null)
            {
                x = Avx512F.Add(x, Avx512F.LoadVector512(residual + c));
            }

            if (Relu)
            {
                // The second operand wins when one is not a number, so that NaN stays visible.
                x = Avx512F.Max(Vector512<float>.Zero, x);
            }

            x.Store(target + c);
        }

        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float One(float x, float* before, float residual, int column)
    {
        x *= Alpha;
        if (Beta != 0f)
        {
            x += Beta * *before;
        }

        if (Scale != null)
        {
            x *= Scale[column];
        }

        if (Bias != null)
        {
            x += Bias[column];
        }

        x += residual;
        return Relu ? MathF.Max(x, 0f) : x;
    }
}
