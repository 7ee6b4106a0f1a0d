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
        => Run<NearestLine>(pool, batch, from, x, to, y, channels);

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
        => Run<NearestImageBackward>(pool, batch, from, dx, to, dy, channels);

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
        => Run<BilinearLine>(pool, batch, from, x, to, y, channels);

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
        => Run<BilinearImageBackward>(pool, batch, from, dx, to, dy, channels);

    private static void Run<TPass>(
        WorkerPool pool, int batch, (int Height, int Width) from, ReadOnlySpan<float> x, (int Height, int Width) to, ReadOnlySpan<float> y, int channels)
        where TPass : struct, IPass
    {
        if (batch < 0 || channels < 0 || from.Height < 1 || from.Width < 1 || to.Height < 1 || to.Width < 1
            || x.Length != (long)batch * from.Height * from.Width * channels || y.Length != (long)batch * to.Height * to.Width * channels)
        {
            throw new ArgumentException($"{x.Length} and {y.Length} elements are not {batch} maps of {channels} channels, {from} and {to}.", nameof(batch));
        }

        fixed (float* px = x, py = y)
        {
            Body<TPass> body = new() { Maps = new Maps { X = px, Y = py, From = from, To = to, Channels = channels } };
            (int items, int grain) = TPass.TakesImages ? (batch, 1) : (batch * to.Height, Grain.Rows(to.Width * channels));
            pool.For(items, grain, ref body);
        }
    }

    private static int NearestCell(int i, int from, int to) => (int)((long)i * from / to);

    /// <summary>The two cells that a place along an axis lies between, and how far it is from the first.</summary>
    private static (int First, int Second, float Fraction) Between(int i, int from, int to)
    {
        float place = Math.Max(((i + 0.5f) * ((float)from / to)) - 0.5f, 0f);
        int first = Math.Min((int)place, from - 1);
        return (first, Math.Min(first + 1, from - 1), place - first);
    }

    /// <summary>What is done for a line of y, or for an image.</summary>
    private interface IPass
    {
        /// <summary>Whether a whole image is one thread's: neighbouring lines add to the same cells, in an order that must not change.</summary>
        static abstract bool TakesImages { get; }

        /// <summary>Does one line or image, counted through the batch.</summary>
        static abstract void Do(in Maps maps, int item);
    }

    /// <summary>The maps before and after, or their gradients.</summary>
    private struct Maps
    {
        internal float* X;
        internal float* Y;
        internal (int Height, int Width) From;
        internal (int Height, int Width) To;
        internal int Channels;

        /// <summary>Elements of a line of x.</summary>
        internal readonly nint LineX => (nint)From.Width * Channels;

        /// <summary>Elements of a line of y.</summary>
        internal readonly nint LineY => (nint)To.Width * Channels;

        /// <summary>An image of x, all zero.</summary>
        internal readonly float* ClearImageX(int image)
        {
            float* first = X + (image * From.Height * LineX);
            new Span<float>(first, checked((int)(From.Height * LineX))).Clear();
            return first;
        }
    }

    private struct Body<TPass> : IRangeBody
        where TPass : struct, IPass
    {
        internal Maps Maps;

        public readonly void Execute(int start, int end)
        {
            for (int item = start; item < end; item++)
            {
                TPass.Do(Maps, item);
            }
        }
    }

    private readonly struct NearestLine : IPass
    {
        public static bool TakesImages => false;

        public static void Do(in Maps maps, int item)
        {
            (int image, int i) = Math.DivRem(item, maps.To.Height);
            float* x = maps.X + ((((nint)image * maps.From.Height) + NearestCell(i, maps.From.Height, maps.To.Height)) * maps.LineX);
            float* y = maps.Y + (item * maps.LineY);
            for (int j = 0; j < maps.To.Width; j++, y += maps.Channels)
            {
                float* cell = x + ((nint)NearestCell(j, maps.From.Width, maps.To.Width) * maps.Channels);
                new ReadOnlySpan<float>(cell, maps.Channels).CopyTo(new Span<float>(y, maps.Channels));
            }
        }
    }

    private readonly struct NearestImageBackward : IPass
    {
        public static bool TakesImages => true;

        public static void Do(in Maps maps, int item)
        {
            float* first = maps.ClearImageX(item), dy = maps.Y + (item * maps.To.Height * maps.LineY);
            for (int i = 0; i < maps.To.Height; i++)
            {
                float* line = first + (NearestCell(i, maps.From.Height, maps.To.Height) * maps.LineX);
                for (int j = 0; j < maps.To.Width; j++, dy += maps.Channels)
                {
                    Span<float> dx = new(line + ((nint)NearestCell(j, maps.From.Width, maps.To.Width) * maps.Channels), maps.Channels);
                    TensorPrimitives.Add(dx, new ReadOnlySpan<float>(dy, maps.Channels), dx);
                }
            }
        }
    }

    private readonly struct BilinearLine : IPass
    {
        public static bool TakesImages => false;

        public static void Do(in Maps maps, int item)
        {
            (int image, int i) = Math.DivRem(item, maps.To.Height);
            (int y0, int y1, float down) = Between(i, maps.From.Height, maps.To.Height);
            float* first = maps.X + (image * maps.From.Height * maps.LineX), y = maps.Y + (item * maps.LineY);
            float* upper = first + (y0 * maps.LineX), lower = first + (y1 * maps.LineX);
            for (int j = 0; j < maps.To.Width; j++, y += maps.Channels)
            {
                (int x0, int x1, float right) = Between(j, maps.From.Width, maps.To.Width);
                nint left = (nint)x0 * maps.Channels, other = (nint)x1 * maps.Channels;
                Blend(upper + left, upper + other, lower + left, lower + other, down, right, y, maps.Channels);
            }
        }

        private static void Blend(float* a, float* b, float* c, float* d, float down, float right, float* y, int channels)
        {
            float weightA = (1f - down) * (1f - right), weightB = (1f - down) * right, weightC = down * (1f - right), weightD = down * right;
            int i = 0;
            for (; i + Vector256<float>.Count <= channels; i += Vector256<float>.Count)
            {
                Vector256<float> above = (Vector256.Load(a + i) * weightA) + (Vector256.Load(b + i) * weightB);
                Vector256<float> below = (Vector256.Load(c + i) * weightC) + (Vector256.Load(d + i) * weightD);
                (above + below).Store(y + i);
            }

            for (; i < channels; i++)
            {
                y[i] = (a[i] * weightA) + (b[i] * weightB) + ((c[i] * weightC) + (d[i] * weightD));
            }
        }
    }

    private readonly struct BilinearImageBackward : IPass
    {
        public static bool TakesImages => true;

        public static void Do(in Maps maps, int item)
        {
            float* first = maps.ClearImageX(item), dy = maps.Y + (item * maps.To.Height * maps.LineY);
            for (int i = 0; i < maps.To.Height; i++)
            {
                (int y0, int y1, float down) = Between(i, maps.From.Height, maps.To.Height);
                float* upper = first + (y0 * maps.LineX), lower = first + (y1 * maps.LineX);
                for (int j = 0; j < maps.To.Width; j++, dy += maps.Channels)
                {
                    (int x0, int x1, float right) = Between(j, maps.From.Width, maps.To.Width);
                    nint left = (nint)x0 * maps.Channels, other = (nint)x1 * maps.Channels;
                    // The four cells may be one at an edge, so each is added to in its turn.
                    RowMath.AddScaled(dy, (1f - down) * (1f - right), upper + left, maps.Channels);
                    RowMath.AddScaled(dy, (1f - down) * right, upper + other, maps.Channels);
                    RowMath.AddScaled(dy, down * (1f - right), lower + left, maps.Channels);
                    RowMath.AddScaled(dy, down * right, lower + other, maps.Channels);
                }
            }
        }
    }
}
