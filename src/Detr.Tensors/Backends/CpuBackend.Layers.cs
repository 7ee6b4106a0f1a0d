using System.Runtime.InteropServices;
using Detr.Kernels;

namespace Detr.Tensors;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public void MaxPool(in PoolingShape shape, Tensor x, Tensor y, Tensor? positions)
        => MaxPooling.Forward(_pool, shape, In(x), Out(y), positions is null ? default : MemoryMarshal.Cast<float, int>(Out(positions)));

    /// <inheritdoc/>
    public void MaxPoolBackward(in PoolingShape shape, Tensor dy, Tensor positions, Tensor dx)
        => MaxPooling.Backward(_pool, shape, In(dy), MemoryMarshal.Cast<float, int>(In(positions)), Out(dx));

    /// <inheritdoc/>
    public void ScaleShift(Tensor x, Tensor scale, Tensor shift, Tensor y) => BatchNormalization.ScaleShift(_pool, In(x), In(scale), In(shift), Out(y));

    /// <inheritdoc/>
    public void LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor inverseDeviation)
        => LayerNormalization.Forward(_pool, In(x), In(weight), In(bias), epsilon, Out(y), Out(mean), Out(inverseDeviation));

    /// <inheritdoc/>
    public void LayerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx, Tensor dWeight, Tensor dBias)
        => LayerNormalization.Backward(_pool, In(x), In(weight), In(mean), In(inverseDeviation), In(dy), Out(dx), Out(dWeight), Out(dBias));

    /// <inheritdoc/>
    public void BatchNorm(
        Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor? residual, Activation activation,
        Tensor y, Tensor mean, Tensor inverseDeviation, Tensor variance)
        => BatchNormalization.Forward(
            _pool, In(x), In(weight), In(bias), epsilon, Out(y), Out(mean), Out(inverseDeviation), Out(variance), In(residual, optional: true), activation);

    /// <inheritdoc/>
    public void BatchNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor? y, Tensor dy,
        Tensor dx, Tensor dWeight, Tensor dBias, Tensor? dResidual)
        => BatchNormalization.Backward(
            _pool, In(x), In(weight), In(mean), In(inverseDeviation), In(dy), Out(dx), Out(dWeight), Out(dBias),
            In(y, optional: true), dResidual is null ? default : Out(dResidual));

    /// <inheritdoc/>
    public void GroupNorm(Tensor x, int groups, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor inverseDeviation)
        => GroupNormalization.Forward(_pool, In(x), x.Shape[0], groups, In(weight), In(bias), epsilon, Out(y), Out(mean), Out(inverseDeviation));

    /// <inheritdoc/>
    public void GroupNormBackward(Tensor x, int groups, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx, Tensor dWeight, Tensor dBias)
        => GroupNormalization.Backward(_pool, In(x), x.Shape[0], groups, In(weight), In(mean), In(inverseDeviation), In(dy), Out(dx), Out(dWeight), Out(dBias));

    /// <inheritdoc/>
    public void Softmax(Tensor x, Tensor y) => Kernels.Softmax.Forward(_pool, In(x), x.Length / x.Shape[^1], x.Shape[^1], Out(y));

    /// <inheritdoc/>
    public void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx) => Kernels.Softmax.Backward(_pool, In(y), In(dy), y.Length / y.Shape[^1], y.Shape[^1], Out(dx));

    /// <inheritdoc/>
    public void LogSoftmax(Tensor x, Tensor y) => Kernels.LogSoftmax.Forward(_pool, In(x), x.Length / x.Shape[^1], x.Shape[^1], Out(y));

    /// <inheritdoc/>
    public void LogSoftmaxBackward(Tensor y, Tensor dy, Tensor dx) => Kernels.LogSoftmax.Backward(_pool, In(y), In(dy), y.Length / y.Shape[^1], y.Shape[^1], Out(dx));

    /// <inheritdoc/>
    public void Resize(ResizeMode mode, Tensor x, Tensor y)
    {
        (int Height, int Width) from = (x.Shape[1], x.Shape[2]), to = (y.Shape[1], y.Shape[2]);
        if (mode == ResizeMode.Nearest)
        {
            FeatureResize.Nearest(_pool, In(x), x.Shape[0], from, Out(y), to, x.Shape[3]);
        }
        else
        {
            FeatureResize.Bilinear(_pool, In(x), x.Shape[0], from, Out(y), to, x.Shape[3]);
        }
    }

    /// <inheritdoc/>
    public void ResizeBackward(ResizeMode mode, Tensor dy, Tensor dx)
    {
        (int Height, int Width) from = (dx.Shape[1], dx.Shape[2]), to = (dy.Shape[1], dy.Shape[2]);
        if (mode == ResizeMode.Nearest)
        {
            FeatureResize.NearestBackward(_pool, In(dy), dx.Shape[0], from, Out(dx), to, dx.Shape[3]);
        }
        else
        {
            FeatureResize.BilinearBackward(_pool, In(dy), dx.Shape[0], from, Out(dx), to, dx.Shape[3]);
        }
    }

    /// <inheritdoc/>
    public (double WeightedSum, double TotalWeight) CrossEntropy(Tensor logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> classWeights)
        => WeightedCrossEntropy.Forward(In(logits), targets, classWeights);

    /// <inheritdoc/>
    public void CrossEntropyBackward(Tensor logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> classWeights, float scale, Tensor dx)
        => WeightedCrossEntropy.Backward(In(logits), targets, classWeights, scale, Out(dx));

    /// <inheritdoc/>
    public double SigmoidFocalLoss(Tensor logits, Tensor targets, float alpha) => Kernels.SigmoidFocalLoss.Forward(_pool, In(logits), In(targets), alpha);

    /// <inheritdoc/>
    public void SigmoidFocalLossBackward(Tensor logits, Tensor targets, float alpha, float scale, Tensor dx)
        => Kernels.SigmoidFocalLoss.Backward(_pool, In(logits), In(targets), alpha, scale, Out(dx));

    /// <inheritdoc/>
    public double DiceLoss(Tensor logits, Tensor targets, Tensor fractions)
        => Kernels.DiceLoss.Forward(_pool, In(logits), In(targets), logits.Shape[0], Out(fractions));

    /// <inheritdoc/>
    public void DiceLossBackward(Tensor logits, Tensor targets, Tensor fractions, float scale, Tensor dx)
        => Kernels.DiceLoss.Backward(_pool, In(logits), In(targets), logits.Shape[0], In(fractions), scale, Out(dx));
}
