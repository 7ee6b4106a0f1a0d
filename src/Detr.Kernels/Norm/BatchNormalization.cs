using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// y = (x − mean) / √(variance + ε) ⊙ weight + bias, statistics over each channel of channels-last data (Ioffe and
/// Szegedy 2015).
/// </summary>
public static unsafe class BatchNormalization
{
    /// <summary>The forward pass with the batch's own statistics.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">[rows, channels].</param>
    /// <param name="mean">[channels].</param>
    /// <param name="inverseDeviation">[channels].</param>
    /// <param name="variance">[channels], biased (divided by the number of rows).</param>
    public static void Forward(
        WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon,
        Span<float> y, Span<float> mean, Span<float> inverseDeviation, Span<float> variance)
    {
        int channels = weight.Length, rows = x.Length / channels;
        ColumnMoments(pool, x, rows, channels, mean, variance);
        Span<float> scale = stackalloc float[channels <= 1024 ? channels : 0];
        Span<float> shift = stackalloc float[channels <= 1024 ? channels : 0];
        scale = channels <= 1024 ? scale : new float[channels];
        shift = channels <= 1024 ? shift : new float[channels];
        for (int c = 0; c < channels; c++)
        {
            inverseDeviation[c] = 1f / MathF.Sqrt(variance[c] + epsilon);
            scale[c] = weight[c] * inverseDeviation[c];
            shift[c] = bias[c] - (mean[c] * scale[c]);
        }

        ScaleShift(pool, x, scale, shift, y);
    }

    /// <summary>The backward pass.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="mean">[channels], from the forward pass.</param>
    /// <param name="inverseDeviation">[channels], from the forward pass.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="dx">[rows, channels].</param>
    /// <param name="dWeight">[channels]; overwritten.</param>
    /// <param name="dBias">[channels]; overwritten.</param>
    public static void Backward(
        WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverseDeviation,
        ReadOnlySpan<float> dy, Span<float> dx, Span<float> dWeight, Span<float> dBias)
    {
        int channels = weight.Length, rows = x.Length / channels;
        fixed (float* px = x, pw = weight, pm = mean, pi = inverseDeviation, pdy = dy, pdx = dx, pdw = dWeight, pdb = dBias)
        {
            SumsBody sums = new() { X = px, Dy = pdy, Mean = pm, Inverse = pi, DWeight = pdw, DBias = pdb, Rows = rows, Columns = channels };
            pool.For(channels, 16, ref sums);
            BackwardBody body = new() { X = px, Dy = pdy, Dx = pdx, Weight = pw, Mean = pm, Inverse = pi, DWeight = pdw, DBias = pdb, Rows = rows, Columns = channels };
            pool.For(rows, Grain.Rows(channels), ref body);
        }
    }

    /// <summary>y = x ⊙ scale + shift by channel: what a batch norm is once its statistics are fixed.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="y">[rows, channels]; may be x itself.</param>
    public static void ScaleShift(WorkerPool pool, ReadOnlySpan<float> x, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> y)
    {
        fixed (float* ps = scale, pt = shift)
        {
            RowLoop.Run(pool, new Affine(ps, pt), x, x, x.Length / scale.Length, scale.Length, y);
        }
    }

    private static void ColumnMoments(WorkerPool pool, ReadOnlySpan<float> x, int rows, int channels, Span<float> mean, Span<float> variance)
    {
        fixed (float* px = x, pm = mean, pv = variance)
        {
            MomentsBody body = new() { X = px, Mean = pm, Variance = pv, Rows = rows, Columns = channels };
            pool.For(channels, 16, ref body);
        }
    }

    private readonly struct Affine(float* scale, float* shift) : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> unused, Span<float> y)
            => TensorPrimitives.MultiplyAdd(x, new ReadOnlySpan<float>(scale, x.Length), new ReadOnlySpan<float>(shift, x.Length), y);
    }

    private struct MomentsBody : IRangeBody
    {
        internal float* X;
        internal float* Mean;
        internal float* Variance;
        internal int Rows;
        internal int Columns;

        // Two passes: the variance from differences to the mean, which does not cancel when the mean is large.
        public readonly void Execute(int start, int end)
        {
            int count = end - start;
            Span<float> mean = new(Mean + start, count), variance = new(Variance + start, count);
            mean.Clear();
            variance.Clear();
            for (int r = 0; r < Rows; r++)
            {
                TensorPrimitives.Add(mean, new ReadOnlySpan<float>(X + ((nint)r * Columns) + start, count), mean);
            }

            TensorPrimitives.Multiply(mean, 1f / Rows, mean);
            float[] difference = new float[count];
            for (int r = 0; r < Rows; r++)
            {
                TensorPrimitives.Subtract(new ReadOnlySpan<float>(X + ((nint)r * Columns) + start, count), mean, difference);
                TensorPrimitives.MultiplyAdd(difference, difference, variance, variance);
            }

            TensorPrimitives.Multiply(variance, 1f / Rows, variance);
        }
    }

    private struct SumsBody : IRangeBody
    {
        internal float* X;
        internal float* Dy;
        internal float* Mean;
        internal float* Inverse;
        internal float* DWeight;
        internal float* DBias;
        internal int Rows;
        internal int Columns;

        public readonly void Execute(int start, int end)
        {
            int count = end - start;
            Span<float> dWeight = new(DWeight + start, count), dBias = new(DBias + start, count);
            ReadOnlySpan<float> mean = new(Mean + start, count);
            float[] difference = new float[count];
            dWeight.Clear();
            dBias.Clear();
            for (int r = 0; r < Rows; r++)
            {
                nint offset = ((nint)r * Columns) + start;
                ReadOnlySpan<float> dy = new(Dy + offset, count);
                TensorPrimitives.Add(dBias, dy, dBias);
                TensorPrimitives.Subtract(new ReadOnlySpan<float>(X + offset, count), mean, difference);
                TensorPrimitives.MultiplyAdd(difference, dy, dWeight, dWeight);
            }

            TensorPrimitives.Multiply(dWeight, new ReadOnlySpan<float>(Inverse + start, count), dWeight);
        }
    }

    private struct BackwardBody : IRangeBody
    {
        internal float* X;
        internal float* Dy;
        internal float* Dx;
        internal float* Weight;
        internal float* Mean;
        internal float* Inverse;
        internal float* DWeight;
        internal float* DBias;
        internal int Rows;
        internal int Columns;

        // dx = weight / deviation · (dy − (dBias + x̂ dWeight) / rows) = a dy + b x + c with a, b, c by channel.
        public readonly void Execute(int start, int end)
        {
            float[] a = new float[Columns], b = new float[Columns], c = new float[Columns];
            for (int i = 0; i < Columns; i++)
            {
                a[i] = Weight[i] * Inverse[i];
                b[i] = -a[i] * Inverse[i] * DWeight[i] / Rows;
                c[i] = (-a[i] * DBias[i] / Rows) - (b[i] * Mean[i]);
            }

            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * Columns;
                Span<float> dx = new(Dx + offset, Columns);
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(X + offset, Columns), b, c, dx);
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(Dy + offset, Columns), a, dx, dx);
            }
        }
    }
}
