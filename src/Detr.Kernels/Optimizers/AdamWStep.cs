using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>One step of AdamW (Loshchilov and Hutter 2019) over any number of tensors in one pass over memory.</summary>
public static unsafe class AdamWStep
{
    private const int Grain = 16384;

    /// <summary>
    /// g ← gradientScale · g; m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
    /// p ← p (1 − rate · decay) − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
    /// </summary>
    /// <param name="pool">The threads; they share all elements evenly, so that many small tensors cost no more than a large one.</param>
    /// <param name="tensors">p, g, m and v of each tensor.</param>
    /// <param name="learningRate">The rate.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="weightDecay">The decay.</param>
    /// <param name="step">t, from 1.</param>
    /// <param name="gradientScale">The clipping factor.</param>
    /// <exception cref="ArgumentException">A tensor's four parts differ in length.</exception>
    public static void Execute(
        WorkerPool pool, ReadOnlyMemory<AdamWTensor> tensors,
        float learningRate, float beta1, float beta2, float epsilon, float weightDecay, int step, float gradientScale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        int length = 0;
        foreach (ref readonly AdamWTensor tensor in tensors.Span)
        {
            if (tensor.Gradient.Length != tensor.Length || tensor.FirstMoment.Length != tensor.Length || tensor.SecondMoment.Length != tensor.Length)
            {
                throw new ArgumentException("Parameter, gradient and moments have the same length.", nameof(tensors));
            }

            length = checked(length + tensor.Length);
        }

        Body body = new()
        {
            Tensors = tensors, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, GradientScale = gradientScale,
            Keep = 1f - (learningRate * weightDecay),
            Rate = (float)(learningRate / (1 - Math.Pow(beta1, step))),
            RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
        };
        pool.For(length, Grain, ref body);
    }

    /// <summary>Works on elements counted through all tensors.</summary>
    private struct Body : IRangeBody
    {
        internal ReadOnlyMemory<AdamWTensor> Tensors;
        internal float Beta1;
        internal float Beta2;
        internal float Epsilon;
        internal float GradientScale;
        internal float Keep;
        internal float Rate;
        internal float RootCorrection;

        public readonly void Execute(int start, int end)
        {
            int first = 0;
            foreach (ref readonly AdamWTensor tensor in Tensors.Span)
            {
                int from = Math.Max(start - first, 0), to = Math.Min(end - first, tensor.Length);
                if (from < to)
                {
                    fixed (float* p = tensor.Parameter.Span, g = tensor.Gradient.Span, m = tensor.FirstMoment.Span, v = tensor.SecondMoment.Span)
                    {
                        Update(p, g, m, v, from, to);
                    }
                }

                first += tensor.Length;
            }
        }

        private readonly void Update(float* p, float* g, float* m, float* v, int start, int end)
        {
            int i = start;
            for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
            {
                Vector256<float> gradient = Vector256.Load(g + i) * GradientScale;
                Vector256<float> first = (Vector256.Load(m + i) * Beta1) + (gradient * (1f - Beta1));
                Vector256<float> second = (Vector256.Load(v + i) * Beta2) + (gradient * gradient * (1f - Beta2));
                first.Store(m + i);
                second.Store(v + i);
                Vector256<float> root = (Vector256.Sqrt(second) * RootCorrection) + Vector256.Create(Epsilon);
                ((Vector256.Load(p + i) * Keep) - (first * Rate / root)).Store(p + i);
            }

            for (; i < end; i++)
            {
                float gradient = g[i] * GradientScale;
                m[i] = (m[i] * Beta1) + (gradient * (1f - Beta1));
                v[i] = (v[i] * Beta2) + (gradient * gradient * (1f - Beta2));
                p[i] = (p[i] * Keep) - (m[i] * Rate / ((MathF.Sqrt(v[i]) * RootCorrection) + Epsilon));
            }
        }
    }
}
