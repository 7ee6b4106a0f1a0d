using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// Coordinates as sines and cosines of waves that grow longer (Vaswani et al. 2017, section 3.5; Meng et al. 2021, Conditional DETR, equation 4):
/// channels 2k and 2k + 1 are sin and cos of v = 2π p / wavelengths[2k], p a coordinate. Neighbours are each other's derivative but for
/// the sign, so that the backward pass needs the result alone.
/// </summary>
public static unsafe class SineEncoding
{
    /// <summary>The forward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[points, coordinates].</param>
    /// <param name="coordinates">Coordinates of a point.</param>
    /// <param name="order">Which coordinates are encoded, one after the other.</param>
    /// <param name="wavelengths">What coordinates, in radians of one turn, are divided by: one for each channel of a coordinate, the same for two neighbours.</param>
    /// <param name="y">[points, order, wavelengths].</param>
    /// <exception cref="ArgumentException">The sizes do not fit, or the wavelengths are not in pairs.</exception>
    public static void Forward(WorkerPool pool, ReadOnlySpan<float> x, int coordinates, ReadOnlySpan<int> order, ReadOnlySpan<float> wavelengths, Span<float> y)
    {
        Check(x.Length, coordinates, order, wavelengths, y.Length);
        fixed (float* px = x, pw = wavelengths, py = y)
        {
            fixed (int* po = order)
            {
                ForwardBody body = new() { Scratch = pool.Scratch, X = px, Y = py, Places = new Places(coordinates, po, order.Length, pw, wavelengths.Length) };
                pool.For(x.Length / coordinates, Grain.Rows(order.Length * wavelengths.Length), ref body);
            }
        }
    }

    /// <summary>The backward pass: dx = 2π Σ over waves of (dsin · cos − dcos · sin) / wavelength; 0 for coordinates that the order leaves out.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="y">The forward pass's result.</param>
    /// <param name="coordinates">As in the forward pass.</param>
    /// <param name="order">As in the forward pass.</param>
    /// <param name="wavelengths">As in the forward pass.</param>
    /// <param name="dy">The gradient of y.</param>
    /// <param name="dx">The gradient of x; overwritten.</param>
    /// <exception cref="ArgumentException">The sizes do not fit, or the wavelengths are not in pairs.</exception>
    public static void Backward(
        WorkerPool pool, ReadOnlySpan<float> y, int coordinates, ReadOnlySpan<int> order, ReadOnlySpan<float> wavelengths, ReadOnlySpan<float> dy, Span<float> dx)
    {
        Check(dx.Length, coordinates, order, wavelengths, y.Length);
        Check(dx.Length, coordinates, order, wavelengths, dy.Length);
        fixed (float* py = y, pw = wavelengths, pdy = dy, pdx = dx)
        {
            fixed (int* po = order)
            {
                BackwardBody body = new() { Y = py, Dy = pdy, Dx = pdx, Places = new Places(coordinates, po, order.Length, pw, wavelengths.Length) };
                pool.For(dx.Length / coordinates, Grain.Rows(order.Length * wavelengths.Length), ref body);
            }
        }
    }

    private static void Check(int x, int coordinates, ReadOnlySpan<int> order, ReadOnlySpan<float> wavelengths, int y)
    {
        if (coordinates < 1 || x % coordinates != 0 || wavelengths.Length % 2 != 0 || y != (long)x / coordinates * order.Length * wavelengths.Length)
        {
            throw new ArgumentException($"{x} coordinates, {coordinates} a point, do not make {y} numbers of {order.Length} × {wavelengths.Length} channels.", nameof(y));
        }

        foreach (int coordinate in order)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)coordinate, (uint)coordinates, nameof(order));
        }
    }

    private readonly struct Places(int coordinates, int* order, int count, float* wavelengths, int channels)
    {
        internal int Coordinates => coordinates;

        internal int Count => count;

        internal int Waves => channels / 2;

        internal int Channels => channels;

        internal int Coordinate(int place) => order[place];

        internal float Wavelength(int wave) => wavelengths[2 * wave];
    }

    private struct ForwardBody : IRangeBody
    {
        internal ScratchMemory Scratch;
        internal float* X;
        internal float* Y;
        internal Places Places;

        public readonly void Execute(int start, int end)
        {
            int waves = Places.Waves;
            using ScratchMemory.Lease scratch = Scratch.Rent(3 * waves);
            Span<float> angles = new(scratch.Pointer, waves), sines = new(scratch.Pointer + waves, waves), cosines = new(scratch.Pointer + (2 * waves), waves);
            for (int point = start; point < end; point++)
            {
                for (int place = 0; place < Places.Count; place++)
                {
                    float position = X[((nint)point * Places.Coordinates) + Places.Coordinate(place)] * MathF.Tau;
                    for (int wave = 0; wave < waves; wave++)
                    {
                        angles[wave] = position / Places.Wavelength(wave);
                    }

                    TensorPrimitives.Sin(angles, sines);
                    TensorPrimitives.Cos(angles, cosines);
                    float* y = Y + ((((nint)point * Places.Count) + place) * Places.Channels);
                    for (int wave = 0; wave < waves; wave++)
                    {
                        y[2 * wave] = sines[wave];
                        y[(2 * wave) + 1] = cosines[wave];
                    }
                }
            }
        }
    }

    private struct BackwardBody : IRangeBody
    {
        internal float* Y;
        internal float* Dy;
        internal float* Dx;
        internal Places Places;

        public readonly void Execute(int start, int end)
        {
            new Span<float>(Dx + ((nint)start * Places.Coordinates), (end - start) * Places.Coordinates).Clear();
            for (int point = start; point < end; point++)
            {
                for (int place = 0; place < Places.Count; place++)
                {
                    nint first = (((nint)point * Places.Count) + place) * Places.Channels;
                    float* y = Y + first, dy = Dy + first;
                    float sum = 0;
                    for (int wave = 0; wave < Places.Waves; wave++, y += 2, dy += 2)
                    {
                        sum += ((dy[0] * y[1]) - (dy[1] * y[0])) / Places.Wavelength(wave);
                    }

                    Dx[((nint)point * Places.Coordinates) + Places.Coordinate(place)] += MathF.Tau * sum;
                }
            }
        }
    }
}
