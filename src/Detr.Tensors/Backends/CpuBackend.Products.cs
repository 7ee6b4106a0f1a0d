using Detr.Kernels;

namespace Detr.Tensors;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public void MatrixProduct(in MatrixShape shape, int batches, int stepA, int stepB, int stepC, Tensor a, Tensor b, Tensor c)
    {
        if (batches == 1)
        {
            Kernels.MatrixProduct.Execute(_pool, shape, In(a), In(b), Out(c));
        }
        else
        {
            Kernels.MatrixProduct.ExecuteBatched(_pool, shape, batches, stepA, stepB, stepC, In(a), In(b), Out(c));
        }
    }

    /// <inheritdoc/>
    public void Linear(Tensor x, Tensor weight, Tensor? bias, Activation activation, Tensor y)
    {
        MatrixShape shape = new(x.Length / weight.Shape[1], weight.Shape[0], weight.Shape[1]) { TransposeB = true };
        Epilogue epilogue = new() { Bias = In(bias, optional: true), Activation = activation };
        if (weight.Storage.IsParameter)
        {
            Kernels.MatrixProduct.Execute(_pool, shape, In(x), Packed(weight).Matrix(_pool, weight), Out(y), epilogue);
        }
        else
        {
            Kernels.MatrixProduct.Execute(_pool, shape, In(x), In(weight), Out(y), epilogue);
        }
    }

    /// <inheritdoc/>
    public void Convolution(in ConvolutionShape shape, Tensor x, Tensor weight, Tensor? scale, Tensor? bias, Tensor? residual, Activation activation, Tensor y)
    {
        Epilogue epilogue = new()
        {
            Scale = In(scale, optional: true), Bias = In(bias, optional: true), Residual = In(residual, optional: true), Activation = activation,
        };
        if (weight.Storage.IsParameter)
        {
            Kernels.Convolution.Forward(_pool, shape, In(x), Packed(weight).Convolution(_pool, shape, weight), Out(y), epilogue);
        }
        else
        {
            Kernels.Convolution.Forward(_pool, shape, In(x), In(weight), Out(y), epilogue);
        }
    }

    /// <inheritdoc/>
    public bool CanOverwriteResidual(in ConvolutionShape shape) => Kernels.Convolution.CanOverwriteResidual(shape);

    /// <inheritdoc/>
    public void ConvolutionBackwardInput(in ConvolutionShape shape, Tensor dy, Tensor weight, Tensor dx)
        => Kernels.Convolution.BackwardInput(_pool, shape, In(dy), In(weight), Out(dx));

    /// <inheritdoc/>
    public void ConvolutionBackwardWeight(in ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeight)
        => Kernels.Convolution.BackwardWeight(_pool, shape, In(x), In(dy), Out(dWeight));

    /// <inheritdoc/>
    public void Attention(in AttentionInputs inputs, Tensor? probabilities, Tensor output)
        => ScaledDotProductAttention.Forward(
            _pool, inputs.Shape, In(inputs.Query), In(inputs.Key), In(inputs.Value), Options(inputs),
            probabilities is null ? default : Out(probabilities), Out(output));

    /// <inheritdoc/>
    public void AttentionBackward(in AttentionInputs inputs, Tensor probabilities, Tensor dOutput, Tensor dQuery, Tensor dKey, Tensor dValue, Tensor? dProbabilities)
        => ScaledDotProductAttention.Backward(
            _pool, inputs.Shape, In(inputs.Query), In(inputs.Key), In(inputs.Value), Options(inputs), In(probabilities), In(dOutput),
            Out(dQuery), Out(dKey), Out(dValue), dProbabilities is null ? default : Out(dProbabilities));

    private static AttentionOptions Options(in AttentionInputs inputs) => new()
    {
        KeyPadding = inputs.KeyPadding is { HasPadding: true } mask ? mask.Padded : default(ReadOnlySpan<bool>),
        Bias = In(inputs.Bias, optional: true),
        HeadFactors = inputs.HeadFactors,
        Dropout = inputs.Dropout,
        DropoutSeed = inputs.DropoutSeed,
    };
}
