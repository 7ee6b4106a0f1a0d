using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detr.Kernels;

/// <summary>Between numbers and bytes: x = scale · (byte − zero).</summary>
public static unsafe class ByteRounding
{
    /// <summary>y = round(x / scale + zero), cut to 0 … maximum; what is no number becomes 0.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The numbers.</param>
    /// <param name="scale">What a step is worth; above zero.</param>
    /// <param name="zero">The byte that means zero.</param>
    /// <param name="maximum">The largest byte.</param>
    /// <param name="y">As many bytes.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Quantize(WorkerPool pool, ReadOnlySpan<float> x, float scale, byte zero, byte maximum, Span<byte> y)
    {
        Check(x.Length, y.Length);
        fixed (float* px = x)
        fixed (byte* py = y)
        {
            QuantizeBody body = new() { X = px, Y = py, Steps = 1f / scale, Zero = zero, Maximum = maximum };
            pool.For(x.Length, Grain.Rows(1), ref body);
        }
    }

    /// <summary>y = scale · (x − zero).</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The bytes.</param>
    /// <param name="scale">What a step is worth.</param>
    /// <param name="zero">The byte that means zero.</param>
    /// <param name="y">As many numbers.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Dequantize(WorkerPool pool, ReadOnlySpan<byte> x, float scale, byte zero, Span<float> y)
    {
        Check(x.Length, y.Length);
        fixed (byte* px = x)
        fixed (float* py = y)
        {
            DequantizeBody body = new() { X = px, Y = py, Scale = scale, Zero = zero };
            pool.For(x.Length, Grain.Rows(1), ref body);
        }
    }

    private static void Check(int x, int y)
    {
        if (x != y)
        {
            throw new ArgumentException($"{x} elements do not become {y}.", nameof(y));
        }
    }

    private struct QuantizeBody : IRangeBody
    {
        internal float* X;
        internal byte* Y;
        internal float Steps;
        internal float Zero;
        internal float Maximum;

        public readonly void Execute(int start, int end)
        {
            int i = start;
            if (Avx512F.IsSupported)
            {
                Vector512<float> steps = Vector512.Create(Steps), zero = Vector512.Create(Zero), maximum = Vector512.Create(Maximum);
                for (; i + 16 <= end; i += 16)
                {
                    Vector512<float> x = Avx512F.Add(Avx512F.Multiply(Avx512F.LoadVector512(X + i), steps), zero);
                    x = Avx512F.Min(Avx512F.Max(x, Vector512<float>.Zero), maximum);
                    Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32(x)).Store(Y + i);
                }
            }

            for (; i < end; i++)
            {
                float x = X[i] * Steps;
                x += Zero;
                Y[i] = float.IsNaN(x) ? (byte)0 : (byte)MathF.Round(MathF.Min(MathF.Max(x, 0f), Maximum));
            }
        }
    }

    private struct DequantizeBody : IRangeBody
    {
        internal byte* X;
        internal float* Y;
        internal float Scale;
        internal int Zero;

        public readonly void Execute(int start, int end)
        {
            int i = start;
            if (Avx512F.IsSupported)
            {
                Vector512<float> scale = Vector512.Create(Scale);
                Vector512<int> zero = Vector512.Create(Zero);
                for (; i + 16 <= end; i += 16)
                {
                    Avx512F.Multiply(Avx512F.ConvertToVector512Single(Avx512F.Subtract(Avx512F.ConvertToVector512Int32(Vector128.Load(X + i)), zero)), scale).Store(Y + i);
                }
            }

            for (; i < end; i++)
            {
                Y[i] = (X[i] - Zero) * Scale;
            }
        }
    }
}
