using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>Feature maps at another size, channels last.</summary>
public static unsafe class FeatureResize
{
    /// <summary>Nearest: y[i, j] = x[⌊i · h / H⌋, ⌊j · w / W⌋].</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="from">Rows and columns of x.</param>
    /// <param name="y">[batch, new height, new width, channels].</param>
    /// <param name="to">Rows and columns of y.</param>
    /// <param name="channels">Channels.</param>
    /// <exception cref="ArgumentException">A span is not of its size.</exception>
    public static void Nearest(
        WorkerPool pool, ReadOnlySpan<float> x, int batch, (int Height, int Width) from, Span<float> y, (int Height, int Width) to, int channels)
    {
        Check(batch, from, to, channels, x.Length, y.Length);
        fixed (float* px = x, py = y)
        {
            NearestBody body = new() { X = px, Y = py, From = from, To = to, Channels = channels };
            pool.For(batch * to.Height, Grain.Rows(to.Width * channels), ref body);
        }
    }

    /// <summary>The gradient of <see cref="Nearest"/>.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="dy">[batch, new height, new width, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="from">Rows and columns of x.</param>
    /// <param name="dx">[batch, height, width, channels]; overwritten.</param>
    /// <param name="to">Rows and columns of y.</param>
    /// <param name="channels">Channels.</param>
    /// <exception cref="ArgumentException">A span is not of its size.</exception>
    public static void NearestBackward(
        WorkerPool pool, ReadOnlySpan<float> dy, int batch, (int Height, int Width) from, Span<float> dx, (int Height, int Width) to, int channels)
    {
        Check(batch, from, to, channels, dx.Length, dy.Length);
        fixed (float* pdy = dy, pdx = dx)
        {
            NearestBackwardBody body = new() { Dy = pdy, Dx = pdx, From = from, To = to, Channels = channels };
            pool.For(batch, 1, ref body);
        }
    }

    /// <summary>Bilinear, cell centres at half integers, edges repeated (align_corners off, no antialiasing).</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="from">Rows and columns of x.</param>
    /// <param name="y">[batch, new height, new width, channels].</param>
    /// <param name="to">Rows and columns of y.</param>
    /// <param name="channels">Channels.</param>
    /// <exception cref="ArgumentException">A span is not of its size.</exception>
    public static void Bilinear(
        WorkerPool pool, ReadOnlySpan<float> x, int batch, (int Height, int Width) from, Span<float> y, (int Height, int Width) to, int channels)
    {
        Check(batch, from, to, channels, x.Length, y.Length);
        fixed (float* px = x, py = y)
        {
            BilinearBody body = new() { X = px, Y = py, From = from, To = to, Channels = channels };
            pool.For(batch * to.Height, Grain.Rows(to.Width * channels), ref body);
        }
    }

    /// <summary>The gradient of <see cref="Bilinear"/>.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="dy">[batch, new height, new width, channels].</param>
    /// <param name="batch">Images.</param>
    /// <param name="from">Rows and columns of x.</param>
    /// <param name="dx">[batch, height, width, channels]; overwritten.</param>
    /// <param name="to">Rows and columns of y.</param>
    /// <param name="channels">Channels.</param>
    /// <exception cref="ArgumentException">A span is not of its size.</exception>
    public static void BilinearBackward(
        WorkerPool pool, ReadOnlySpan<float> dy, int batch, (int Height, int Width) from, Span<float> dx, (int Height, int Width) to, int channels)
    {
        Check(batch, from, to, channels, dx.Length, dy.Length);
        fixed (float* pdy = dy, pdx = dx)
        {
            BilinearBackwardBody body = new() { Dy = pdy, Dx = pdx, From = from, To = to, Channels = channels };
            pool.For(batch, 1, ref body);
        }
    }

    private static void Check(int batch, (int Height, int Width) from, (int Height, int Width) to, int channels, int small, int large)
    {
        if (batch < 0 || channels < 0 || from.Height < 1 || from.Width < 1 || to.Height < 1 || to.Width < 1
            || small != (long)batch * from.Height * from.Width * channels || large != (long)batch * to.Height * to.Width * channels)
        {
            throw new ArgumentException($"{small} and {large} elements are not {batch} maps of {channels} channels, {from} and {to}.", nameof(batch));
        }
    }

    private static int NearestLine(int i, int from, int to) => (int)((long)i * from / to);

    /// <summary>The two cells that a place along an axis lies between, and how far it is from the first.</summary>
    private static (int First, int Second, float Fraction) Between(int i, int from, int to)
    {
        float place = Math.Max(((i + 0.5f) * ((float)from / to)) - 0.5f, 0f);
        int first = Math.Min((int)place, from - 1);
        return (first, Math.Min(first + 1, from - 1), place - first);
    }

    private struct NearestBody : IRangeBody
    {
        internal float* X;
        internal float* Y;
        internal (int Height, int Width) From;
        internal (int Height, int Width) To;
        internal int Channels;

        public readonly void Execute(int start, int end)
        {
            for (int line = start; line < end; line++)
            {
                (int image, int i) = Math.DivRem(line, To.Height);
                float* x = X + ((((nint)image * From.Height) + NearestLine(i, From.Height, To.Height)) * From.Width * Channels);
                float* y = Y + ((nint)line * To.Width * Channels);
                for (int j = 0; j < To.Width; j++, y += Channels)
                {
                    new ReadOnlySpan<float>(x + ((nint)NearestLine(j, From.Width, To.Width) * Channels), Channels).CopyTo(new Span<float>(y, Channels));
                }
            }
        }
    }

    private struct NearestBackwardBody : IRangeBody
    {
        internal float* Dy;
        internal float* Dx;
        internal (int Height, int Width) From;
        internal (int Height, int Width) To;
        internal int Channels;

        // A whole image for one thread: neighbouring lines add to the same cells, in an order that must not change.
        public readonly void Execute(int start, int end)
        {
            for (int image = start; image < end; image++)
            {
                float* first = Dx + ((nint)image * From.Height * From.Width * Channels);
                new Span<float>(first, From.Height * From.Width * Channels).Clear();
                float* dy = Dy + ((nint)image * To.Height * To.Width * Channels);
                for (int i = 0; i < To.Height; i++)
                {
                    float* line = first + ((nint)NearestLine(i, From.Height, To.Height) * From.Width * Channels);
                    for (int j = 0; j < To.Width; j++, dy += Channels)
                    {
                        Span<float> dx = new(line + ((nint)NearestLine(j, From.Width, To.Width) * Channels), Channels);
                        TensorPrimitives.Add(dx, new ReadOnlySpan<float>(dy, Channels), dx);
                    }
                }
            }
        }
    }

    private struct BilinearBody : IRangeBody
    {
        internal float* X;
        internal float* Y;
        internal (int Height, int Width) From;
        internal (int Height, int Width) To;
        internal int Channels;

        public readonly void Execute(int start, int end)
        {
            for (int line = start; line < end; line++)
            {
                (int image, int i) = Math.DivRem(line, To.Height);
                (int y0, int y1, float down) = Between(i, From.Height, To.Height);
                nint lineLength = (nint)From.Width * Channels, first = image * From.Height * lineLength;
                float* upper = X + first + (y0 * lineLength), lower = X + first + (y1 * lineLength);
                float* y = Y + ((nint)line * To.Width * Channels);
                for (int j = 0; j < To.Width; j++, y += Channels)
                {
                    (int x0, int x1, float right) = Between(j, From.Width, To.Width);
                    nint left = (nint)x0 * Channels, other = (nint)x1 * Channels;
                    Blend(upper + left, upper + other, lower + left, lower + other, down, right, y);
                }
            }
        }

        private readonly void Blend(float* a, float* b, float* c, float* d, float down, float right, float* y)
        {
            float weightA = (1f - down) * (1f - right), weightB = (1f - down) * right, weightC = down * (1f - right), weightD = down * right;
            int i = 0;
            for (; i + Vector256<float>.Count <= Channels; i += Vector256<float>.Count)
            {
                Vector256<float> above = (Vector256.Load(a + i) * weightA) + (Vector256.Load(b + i) * weightB);
                Vector256<float> below = (Vector256.Load(c + i) * weightC) + (Vector256.Load(d + i) * weightD);
                (above + below).Store(y + i);
            }

            for (; i < Channels; i++)
            {
                y[i] = (a[i] * weightA) + (b[i] * weightB) + ((c[i] * weightC) + (d[i] * weightD));
            }
        }
    }

    private struct BilinearBackwardBody : IRangeBody
    {
        internal float* Dy;
        internal float* Dx;
        internal (int Height, int Width) From;
        internal (int Height, int Width) To;
        internal int Channels;

        public readonly void Execute(int start, int end)
        {
            for (int image = start; image < end; image++)
            {
                float* first = Dx + ((nint)image * From.Height * From.Width * Channels);
                new Span<float>(first, From.Height * From.Width * Channels).Clear();
                float* dy = Dy + ((nint)image * To.Height * To.Width * Channels);
                for (int i = 0; i < To.Height; i++)
                {
                    (int y0, int y1, float down) = Between(i, From.Height, To.Height);
                    float* upper = first + ((nint)y0 * From.Width * Channels), lower = first + ((nint)y1 * From.Width * Channels);
                    for (int j = 0; j < To.Width; j++, dy += Channels)
                    {
                        (int x0, int x1, float right) = Between(j, From.Width, To.Width);
                        nint left = (nint)x0 * Channels, other = (nint)x1 * Channels;
                        Add(dy, (1f - down) * (1f - right), upper + left);
                        Add(dy, (1f - down) * right, upper + other);
                        Add(dy, down * (1f - right), lower + left);
                        Add(dy, down * right, lower + other);
                    }
                }
            }
        }

        // The four cells may be one at an edge, so each is added to in its turn.
        private readonly void Add(float* dy, float weight, float* dx)
        {
            int i = 0;
            for (; i + Vector256<float>.Count <= Channels; i += Vector256<float>.Count)
            {
                (Vector256.Load(dx + i) + (Vector256.Load(dy + i) * weight)).Store(dx + i);
            }

            for (; i < Channels; i++)
            {
                dx[i] += dy[i] * weight;
            }
        }
    }
}
