using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>Normalisation.</summary>
public static class NormOperations
{
    /// <summary>What is added to a variance before its root is divided by, unless told otherwise.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>Layer norm over the last axis.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[…, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="epsilon">ε.</param>
    public static Tensor LayerNorm(this ForwardContext context, Tensor x, Tensor weight, Tensor bias, float epsilon = Epsilon)
    {
        Tensor y = context.Allocate(x.Shape);
        Tensor mean = context.Allocate([x.Length / weight.Length]), inverse = context.Allocate(mean.Shape);
        context.Backend.LayerNorm(x, weight, bias, epsilon, y, mean, inverse);
        return context.Record(y, [x, weight, bias], dy =>
        {
            if (context.BackwardRule is { } rule)
            {
                rule.LayerNorm(context, x, dy);
                return;
            }

            Tensor dx = context.Allocate(x.Shape), dWeight = context.Allocate(weight.Shape), dBias = context.Allocate(bias.Shape);
            context.Backend.LayerNormBackward(x, weight, mean, inverse, dy, dx, dWeight, dBias);
            context.AddGradients((x, dx), (weight, dWeight), (bias, dBias));
        }, [mean, inverse]);
    }

    /// <summary>
    /// activation(batch norm(x) + residual), channels last. In training with the batch's own statistics, which also move
    /// the running ones; otherwise with the running ones.
    /// </summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[…, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="runningMean">[channels]; changed in training.</param>
    /// <param name="runningVariance">[channels], unbiased; changed in training.</param>
    /// <param name="residual">As x, or null.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="momentum">How far the running statistics move towards the batch's.</param>
    /// <param name="epsilon">ε.</param>
    public static Tensor BatchNorm(
        this ForwardContext context, Tensor x, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance,
        Tensor? residual = null, Activation activation = Activation.None, float momentum = 0.1f, float epsilon = Epsilon)
    {
        if (!context.Training)
        {
            Tensor normalised = BatchNormWithRunningStatistics(context, x, weight, bias, runningMean, runningVariance, epsilon);
            normalised = residual is null ? normalised : context.Add(normalised, residual);
            return activation == Activation.Relu ? context.Relu(normalised) : normalised;
        }

        Tensor y = context.Allocate(x.Shape);
        Tensor mean = context.Allocate(weight.Shape), inverse = context.Allocate(weight.Shape), variance = context.Allocate(weight.Shape);
        context.Backend.BatchNorm(x, weight, bias, epsilon, residual, activation, y, mean, inverse, variance);
        if (!context.IsReplay)
        {
            int count = x.Length / weight.Length;
            Move(context, runningMean, mean, momentum, 1f);
            Move(context, runningVariance, variance, momentum, count > 1 ? count / (count - 1f) : 1f);
        }

        return context.Record(y, [x, weight, bias, residual], dy =>
        {
            bool masks = activation == Activation.Relu;
            Tensor dx = context.Allocate(x.Shape), dWeight = context.Allocate(weight.Shape), dBias = context.Allocate(bias.Shape);
            Tensor? dResidual = masks && context.NeedsGradient(residual) ? context.Allocate(x.Shape) : null;
            context.Backend.BatchNormBackward(x, weight, mean, inverse, masks ? y : null, dy, dx, dWeight, dBias, dResidual);
            context.AddGradients((x, dx), (weight, dWeight), (bias, dBias));
            context.AddGradient(residual, dResidual ?? dy);
        }, [mean, inverse]);
    }

    /// <summary>Group norm, channels last.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, …, channels].</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="epsilon">ε.</param>
    public static Tensor GroupNorm(this ForwardContext context, Tensor x, int groups, Tensor weight, Tensor bias, float epsilon = Epsilon)
    {
        Tensor y = context.Allocate(x.Shape), mean = context.Allocate([x.Shape[0], groups]), inverse = context.Allocate(mean.Shape);
        context.Backend.GroupNorm(x, groups, weight, bias, epsilon, y, mean, inverse);
        return context.Record(y, [x, weight, bias], dy =>
        {
            Tensor dx = context.Allocate(x.Shape), dWeight = context.Allocate(weight.Shape), dBias = context.Allocate(bias.Shape);
            context.Backend.GroupNormBackward(x, groups, weight, mean, inverse, dy, dx, dWeight, dBias);
            context.AddGradients((x, dx), (weight, dWeight), (bias, dBias));
        }, [mean, inverse]);
    }

    private static Tensor BatchNormWithRunningStatistics(
        ForwardContext context, Tensor x, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance, float epsilon)
    {
        (float[] scale, float[] shift) = BatchNormFolding.Fold(weight, bias, runningMean, runningVariance, epsilon);
        Tensor scales = context.Upload(weight.Shape, scale), shifts = context.Upload(weight.Shape, shift);
        Tensor y = context.Allocate(x.Shape);
        context.Backend.ScaleShift(x, scales, shifts, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.Binary(BinaryOperation.Multiply, dy, scales, dx);
            context.AddGradient(x, dx);
        }, [scales]);
    }

    private static void Move(ForwardContext context, Tensor running, Tensor batch, float momentum, float correction)
    {
        context.Backend.Scale(1f - momentum, running, running);
        context.Backend.AddScaled(momentum * correction, batch, running);
        (running as Parameter)?.MarkChanged();
    }
}
