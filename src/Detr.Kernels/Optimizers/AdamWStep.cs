using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>One step of AdamW (Loshchilov and Hutter 2019) in one pass over memory.</summary>
public static unsafe class AdamWStep
{
    /// <summary>
    /// g ← gradientScale · g; m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
    /// p ← p (1 − rate · decay) − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
    /// </summary>
    /// <param name="pool">The threads.</param>
    /// <param name="parameter">p.</param>
    /// <param name="gradient">g; left as it is.</param>
    /// <param name="firstMoment">m.</param>
    /// <param name="secondMoment">v.</param>
    /// <param name="learningRate">The rate.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="weightDecay">The decay.</param>
    /// <param name="step">t, from 1.</param>
    /// <param name="gradientScale">The clipping factor.</param>
    public static void Execute(
        WorkerPool pool, Span<float> parameter, ReadOnlySpan<float> gradient, Span<float> firstMoment, Span<float> secondMoment,
        float learningRate, float beta1, float beta2, float epsilon, float weightDecay, int step, float gradientScale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        if (gradient.Length != parameter.Length || firstMoment.Length != parameter.Length || secondMoment.Length != parameter.Length)
        {
            throw new ArgumentException("Parameter, gradient and moments have the same length.", nameof(gradient));
        }

        fixed (float* p = parameter, g = gradient, m = firstMoment, v = secondMoment)
        {
            Body body = new()
            {
                P = p, G = g, M = m, V = v, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, GradientScale = gradientScale,
                Keep = 1f - (learningRate * weightDecay),
                Rate = (float)(learningRate / (1 - Math.Pow(beta1, step))),
                RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
            };
            pool.For(parameter.Length, 16384, ref body);
        }
    }

    private struct Body : IRangeBody
    {
        internal float* P;
        internal float* G;
        internal float* M;
        internal float* V;
        internal float Beta1;
        internal float Beta2;
        internal float Epsilon;
        internal float GradientScale;
        internal float Keep;
        internal float Rate;
        internal float RootCorrection;

        public readonly void Execute(int start, int end)
        {
            int i = start;
            for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
            {
                Vector256<float> g = Vector256.Load(G + i) * GradientScale;
                Vector256<float> m = (Vector256.Load(M + i) * Beta1) + (g * (1f - Beta1));
                Vector256<float> v = (Vector256.Load(V + i) * Beta2) + (g * g * (1f - Beta2));
                m.Store(M + i);
                v.Store(V + i);
                Vector256<float> root = (Vector256.Sqrt(v) * RootCorrection) + Vector256.Create(Epsilon);
                ((Vector256.Load(P + i) * Keep) - (m * Rate / root)).Store(P + i);
            }

            for (; i < end; i++)
            {
                float g = G[i] * GradientScale;
                M[i] = (M[i] * Beta1) + (g * (1f - Beta1));
                V[i] = (V[i] * Beta2) + (g * g * (1f - Beta2));
                P[i] = (P[i] * Keep) - (M[i] * Rate / ((MathF.Sqrt(V[i]) * RootCorrection) + Epsilon));
            }
        }
    }
}
