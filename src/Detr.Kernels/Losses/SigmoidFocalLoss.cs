using System.Buffers;
using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>
/// The focal loss of independent yes-or-no decisions (Lin et al. 2017, RetinaNet, equation 5) with γ = 2: of a logit x and a target t,
/// p = sigmoid(x) and q = p t + (1 − p)(1 − t), it is a (1 − q)² · (max(x, 0) − x t + ln(1 + exp(−|x|))), where a = α t + (1 − α)(1 − t).
/// </summary>
public static unsafe class SigmoidFocalLoss
{
    // The longest run whose scratch is on the stack; sums over it are in single precision.
    private const int RunLength = 512;
    private const int RunsPerThread = 16;

    /// <summary>The sum over all decisions.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="logits">Any number.</param>
    /// <param name="targets">As many, from 0 (no) to 1 (yes).</param>
    /// <param name="alpha">The weight of a yes; that of a no is 1 − α.</param>
    /// <exception cref="ArgumentException">There are not as many targets as logits.</exception>
    public static double Forward(WorkerPool pool, ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, float alpha)
    {
        Check(logits, targets);
        int runs = (int)(((long)logits.Length + RunLength - 1) / RunLength);
        double[] sums = ArrayPool<double>.Shared.Rent(Math.Max(1, runs));
        try
        {
            fixed (float* px = logits, pt = targets)
            {
                fixed (double* ps = sums)
                {
                    Body body = new() { X = px, T = pt, Length = logits.Length, Alpha = alpha, Sums = ps };
                    pool.For(runs, RunsPerThread, ref body);
                }
            }

            return Reduction.SumInOrder(sums.AsSpan(0, runs));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(sums);
        }
    }

    /// <summary>The gradient: dx = scale · a (1 − q) · ((1 − q)(p − t) − 2 (2t − 1) p (1 − p) · crossEntropy).</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="logits">As in the forward pass.</param>
    /// <param name="targets">As in the forward pass.</param>
    /// <param name="alpha">As in the forward pass.</param>
    /// <param name="scale">The gradient of the sum.</param>
    /// <param name="dx">The gradient of the logits; overwritten.</param>
    /// <exception cref="ArgumentException">The spans are not of one length.</exception>
    public static void Backward(WorkerPool pool, ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, float alpha, float scale, Span<float> dx)
        => ElementLoop.Run(pool, new Derivative(alpha, scale), logits, targets, dx);

    /// <summary>The plain twin of <see cref="Forward"/>.</summary>
    /// <param name="logits">Any number.</param>
    /// <param name="targets">As many, from 0 to 1.</param>
    /// <param name="alpha">The weight of a yes.</param>
    /// <exception cref="ArgumentException">There are not as many targets as logits.</exception>
    public static double ForwardScalar(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, float alpha)
    {
        Check(logits, targets);
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double x = logits[i], t = targets[i], p = 1 / (1 + Math.Exp(-x));
            double right = (p * t) + ((1 - p) * (1 - t)), weight = (alpha * t) + ((1 - alpha) * (1 - t));
            sum += weight * (1 - right) * (1 - right) * (Math.Max(x, 0) - (x * t) + Math.Log(1 + Math.Exp(-Math.Abs(x))));
        }

        return sum;
    }

    private static void Check(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets)
    {
        if (logits.Length != targets.Length)
        {
            throw new ArgumentException($"{logits.Length} logits do not have {targets.Length} targets.", nameof(targets));
        }
    }

    /// <summary>p and the cross entropy of a run of logits.</summary>
    private static void Measure(ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> probability, Span<float> crossEntropy)
    {
        TensorPrimitives.Sigmoid(x, probability);
        TensorPrimitives.Abs(x, crossEntropy);
        TensorPrimitives.Negate(crossEntropy, crossEntropy);
        TensorPrimitives.Exp(crossEntropy, crossEntropy);
        TensorPrimitives.LogP1(crossEntropy, crossEntropy);
        for (int i = 0; i < x.Length; i++)
        {
            crossEntropy[i] += MathF.Max(x[i], 0f) - (x[i] * t[i]);
        }
    }

    private struct Body : IRangeBody
    {
        internal float* X;
        internal float* T;
        internal int Length;
        internal float Alpha;
        internal double* Sums;

        public readonly void Execute(int start, int end)
        {
            Span<float> probability = stackalloc float[RunLength], crossEntropy = stackalloc float[RunLength];
            for (int run = start; run < end; run++)
            {
                int offset = run * RunLength, count = Math.Min(RunLength, Length - offset);
                ReadOnlySpan<float> x = new(X + offset, count), t = new(T + offset, count);
                Measure(x, t, probability[..count], crossEntropy[..count]);
                float sum = 0;
                for (int i = 0; i < count; i++)
                {
                    float p = probability[i], wrong = (p * (1 - t[i])) + ((1 - p) * t[i]);
                    sum += ((Alpha * t[i]) + ((1 - Alpha) * (1 - t[i]))) * wrong * wrong * crossEntropy[i];
                }

                Sums[run] = sum;
            }
        }
    }

    private readonly struct Derivative(float alpha, float scale) : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> dx)
        {
            Span<float> probability = stackalloc float[RunLength], crossEntropy = stackalloc float[RunLength];
            for (int offset = 0; offset < x.Length; offset += RunLength)
            {
                int count = Math.Min(RunLength, x.Length - offset);
                ReadOnlySpan<float> logits = x.Slice(offset, count), targets = t.Slice(offset, count);
                Measure(logits, targets, probability[..count], crossEntropy[..count]);
                for (int i = 0; i < count; i++)
                {
                    float p = probability[i], target = targets[i], wrong = (p * (1 - target)) + ((1 - p) * target);
                    float weight = scale * ((alpha * target) + ((1 - alpha) * (1 - target)));
                    dx[offset + i] = weight * wrong * ((wrong * (p - target)) - (2 * ((2 * target) - 1) * p * (1 - p) * crossEntropy[i]));
                }
            }
        }
    }
}
