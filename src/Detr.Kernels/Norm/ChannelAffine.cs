using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>What normalisations do to each element once the statistics are known, with factors for each segment and channel.</summary>
internal static unsafe class ChannelAffine
{
    /// <summary>y = activation((x − centre) · scale + shift + residual); the difference comes first, so that a large mean costs no digits.</summary>
    internal static void Normalize(
        WorkerPool pool, float* x, float* centre, float* scale, float* shift, float* y, int segments, int rows, int channels,
        float* residual = null, Activation activation = Activation.None)
    {
        NormalizeBody body = new()
        {
            X = x, Centre = centre, Scale = scale, Shift = shift, Residual = residual, Y = y, Rows = rows, Channels = channels,
            Least = activation == Activation.Relu ? 0f : float.NegativeInfinity,
        };
        pool.For(segments * rows, Grain.Rows(channels), ref body);
    }

    /// <summary>dx = g · a + (x − centre) · b + c, g the gradient.</summary>
    internal static void Differentiate(
        WorkerPool pool, float* x, float* centre, in MaskedGradient gradient, float* a, float* b, float* c, float* dx, int segments, int rows, int channels)
    {
        DifferentiateBody body = new() { X = x, Centre = centre, Gradient = gradient, A = a, B = b, C = c, Dx = dx, Rows = rows, Channels = channels };
        pool.For(segments * rows, Grain.Rows(channels), ref body);
    }

    private struct NormalizeBody : IRangeBody
    {
        internal float* X;
        internal float* Centre;
        internal float* Scale;
        internal float* Shift;
        internal float* Residual;
        internal float* Y;
        internal float Least;
        internal int Rows;
        internal int Channels;

        public readonly void Execute(int start, int end)
        {
            Vector256<float> least = Vector256.Create(Least);
            int channels = Channels;
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * channels, table = (nint)(row / Rows) * channels;
                float* x = X + offset, y = Y + offset, centre = Centre + table, scale = Scale + table, shift = Shift + table;
                float* residual = Residual == null ? null : Residual + offset;
                int i = 0;
                for (; i + Vector256<float>.Count <= channels; i += Vector256<float>.Count)
                {
                    Vector256<float> value = ((Vector256.Load(x + i) - Vector256.Load(centre + i)) * Vector256.Load(scale + i)) + Vector256.Load(shift + i);
                    value = residual == null ? value : value + Vector256.Load(residual + i);
                    Vector256.Max(value, least).Store(y + i);
                }

                for (; i < channels; i++)
                {
                    float value = ((x[i] - centre[i]) * scale[i]) + shift[i];
                    value = residual == null ? value : value + residual[i];
                    y[i] = MathF.Max(value, Least);
                }
            }
        }
    }

    private struct DifferentiateBody : IRangeBody
    {
        internal float* X;
        internal float* Centre;
        internal MaskedGradient Gradient;
        internal float* A;
        internal float* B;
        internal float* C;
        internal float* Dx;
        internal int Rows;
        internal int Channels;

        public readonly void Execute(int start, int end)
        {
            // A copy, so that no store makes the processor read the fields again.
            MaskedGradient gradient = Gradient;
            int channels = Channels;
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * channels, table = (nint)(row / Rows) * channels;
                float* x = X + offset, dx = Dx + offset, centre = Centre + table, a = A + table, b = B + table, c = C + table;
                int i = 0;
                for (; i + Vector256<float>.Count <= channels; i += Vector256<float>.Count)
                {
                    Vector256<float> fromX = (Vector256.Load(x + i) - Vector256.Load(centre + i)) * Vector256.Load(b + i);
                    ((gradient.Read(offset + i) * Vector256.Load(a + i)) + fromX + Vector256.Load(c + i)).Store(dx + i);
                }

                for (; i < channels; i++)
                {
                    dx[i] = (gradient.ReadOne(offset + i) * a[i]) + ((x[i] - centre[i]) * b[i]) + c[i];
                }
            }
        }
    }
}
