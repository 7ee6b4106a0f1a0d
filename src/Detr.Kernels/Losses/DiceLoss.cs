using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// How little masks overlap with what they should be (Milletari et al. 2016, with 1 added above and below as DETR does): of a row of
/// logits x and targets t with p = sigmoid(x), 1 − (2 Σ p t + 1) / (Σ p + Σ t + 1).
/// </summary>
public static unsafe class DiceLoss
{
    private const int RunLength = 512;

    /// <summary>The sum over all rows.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="logits">[rows, columns], a mask each row.</param>
    /// <param name="targets">[rows, columns], from 0 (outside) to 1 (inside).</param>
    /// <param name="rows">Masks.</param>
    /// <param name="fractions">[rows, 2]: takes numerator and denominator of each, for the backward pass.</param>
    /// <exception cref="ArgumentException">The sizes do not go together.</exception>
    public static double Forward(WorkerPool pool, ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, int rows, Span<float> fractions)
    {
        int columns = Columns(logits.Length, targets.Length, rows, fractions.Length);
        fixed (float* px = logits, pt = targets, pf = fractions)
        {
            Measure body = new() { X = px, T = pt, Fractions = pf, Columns = columns };
            pool.For(rows, Grain.Rows(columns), ref body);
        }

        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            sum += 1 - ((double)fractions[2 * row] / fractions[(2 * row) + 1]);
        }

        return sum;
    }

    /// <summary>The gradient: dx = scale · (numerator / denominator − 2t) / denominator · p (1 − p), fractions by row.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="logits">As in the forward pass.</param>
    /// <param name="targets">As in the forward pass.</param>
    /// <param name="rows">As in the forward pass.</param>
    /// <param name="fractions">What the forward pass found.</param>
    /// <param name="scale">The gradient of the sum.</param>
    /// <param name="dx">The gradient of the logits; overwritten.</param>
    /// <exception cref="ArgumentException">The sizes do not go together.</exception>
    public static void Backward(
        WorkerPool pool, ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, int rows, ReadOnlySpan<float> fractions, float scale, Span<float> dx)
    {
        int columns = Columns(logits.Length, targets.Length, rows, fractions.Length);
        Columns(logits.Length, dx.Length, rows, fractions.Length);
        fixed (float* px = logits, pt = targets, pf = fractions, pd = dx)
        {
            Differentiate body = new() { X = px, T = pt, Fractions = pf, Columns = columns, Scale = scale, Dx = pd };
            pool.For(rows, Grain.Rows(columns), ref body);
        }
    }

    /// <summary>The plain twin of <see cref="Forward"/>.</summary>
    /// <param name="logits">[rows, columns].</param>
    /// <param name="targets">[rows, columns].</param>
    /// <param name="rows">Masks.</param>
    public static double ForwardScalar(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, int rows)
    {
        int columns = Columns(logits.Length, targets.Length, rows, 2 * rows);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            double both = 0, either = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++)
            {
                double p = 1 / (1 + Math.Exp(-logits[i]));
                both += p * targets[i];
                either += p + targets[i];
            }

            sum += 1 - (((2 * both) + 1) / (either + 1));
        }

        return sum;
    }

    private static int Columns(int logits, int others, int rows, int fractions)
    {
        if (rows < 0 || logits != others || fractions != 2L * rows || (rows == 0 ? logits != 0 : logits % rows != 0))
        {
            throw new ArgumentException($"{logits} and {others} elements are not {rows} masks with {fractions} sums.", nameof(rows));
        }

        return rows == 0 ? 0 : logits / rows;
    }

    private struct Measure : IRangeBody
    {
        internal float* X;
        internal float* T;
        internal float* Fractions;
        internal int Columns;

        public readonly void Execute(int start, int end)
        {
            float* stack = stackalloc float[RunLength + Alignment.Slack];
            Span<float> probability = new(Alignment.Up(stack), RunLength);
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<float> x = new(X + ((nint)row * Columns), Columns), t = new(T + ((nint)row * Columns), Columns);
                double both = 0, either = 0;
                for (int offset = 0; offset < Columns; offset += RunLength)
                {
                    int count = Math.Min(RunLength, Columns - offset);
                    Span<float> p = probability[..count];
                    TensorPrimitives.Sigmoid(x.Slice(offset, count), p);
                    both += TensorPrimitives.Dot(p, t.Slice(offset, count));
                    either += TensorPrimitives.Sum<float>(p) + TensorPrimitives.Sum(t.Slice(offset, count));
                }

                Fractions[2 * row] = (float)((2 * both) + 1);
                Fractions[(2 * row) + 1] = (float)(either + 1);
            }
        }
    }

    private struct Differentiate : IRangeBody
    {
        internal float* X;
        internal float* T;
        internal float* Fractions;
        internal int Columns;
        internal float Scale;
        internal float* Dx;

        public readonly void Execute(int start, int end)
        {
            for (int row = start; row < end; row++)
            {
                float numerator = Fractions[2 * row], denominator = Fractions[(2 * row) + 1];
                float share = numerator / denominator, factor = Scale / denominator;
                float* t = T + ((nint)row * Columns);
                Span<float> dx = new(Dx + ((nint)row * Columns), Columns);
                TensorPrimitives.Sigmoid(new ReadOnlySpan<float>(X + ((nint)row * Columns), Columns), dx);
                for (int i = 0; i < Columns; i++)
                {
                    float p = dx[i];
                    dx[i] = factor * (share - (2 * t[i])) * p * (1 - p);
                }
            }
        }
    }
}
