using System.Buffers;
using Detr.Kernels;

namespace Detr.Tensors;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public void Fill(Tensor y, float value) => Out(y).Fill(value);

    /// <inheritdoc/>
    public void CopyBlocks(int blocks, int count, Tensor x, int stepX, int offsetX, Tensor y, int stepY, int offsetY)
        => Rows.CopyBlocks(blocks, count, In(x)[offsetX..], stepX, Out(y)[offsetY..], stepY);

    /// <inheritdoc/>
    public void Unary(UnaryOperation operation, Tensor x, Tensor y)
    {
        switch (operation)
        {
            case UnaryOperation.Relu: Relu.Forward(_pool, In(x), Out(y)); break;
            case UnaryOperation.Sigmoid: Sigmoid.Forward(_pool, In(x), Out(y)); break;
            case UnaryOperation.Tanh: HyperbolicTangent.Forward(_pool, In(x), Out(y)); break;
            case UnaryOperation.Exp: Exponential.Forward(_pool, In(x), Out(y)); break;
            case UnaryOperation.Log: Logarithm.Forward(_pool, In(x), Out(y)); break;
            case UnaryOperation.Sqrt: SquareRoot.Forward(_pool, In(x), Out(y)); break;
            case UnaryOperation.Abs: AbsoluteValue.Forward(_pool, In(x), Out(y)); break;
            case UnaryOperation.Square: Square.Forward(_pool, In(x), Out(y)); break;
            default: throw new ArgumentOutOfRangeException(nameof(operation), operation, null);
        }
    }

    /// <inheritdoc/>
    public void UnaryBackward(UnaryOperation operation, Tensor x, Tensor y, Tensor dy, Tensor dx)
    {
        switch (operation)
        {
            case UnaryOperation.Relu: Relu.Backward(_pool, In(y), In(dy), Out(dx)); break;
            case UnaryOperation.Sigmoid: Sigmoid.Backward(_pool, In(y), In(dy), Out(dx)); break;
            case UnaryOperation.Tanh: HyperbolicTangent.Backward(_pool, In(y), In(dy), Out(dx)); break;
            case UnaryOperation.Exp: Exponential.Backward(_pool, In(y), In(dy), Out(dx)); break;
            case UnaryOperation.Log: Logarithm.Backward(_pool, In(x), In(dy), Out(dx)); break;
            case UnaryOperation.Sqrt: SquareRoot.Backward(_pool, In(y), In(dy), Out(dx)); break;
            case UnaryOperation.Abs: AbsoluteValue.Backward(_pool, In(x), In(dy), Out(dx)); break;
            case UnaryOperation.Square: Square.Backward(_pool, In(x), In(dy), Out(dx)); break;
            default: throw new ArgumentOutOfRangeException(nameof(operation), operation, null);
        }
    }

    /// <inheritdoc/>
    public void InverseSigmoid(Tensor x, float epsilon, Tensor y) => Kernels.InverseSigmoid.Forward(_pool, In(x), epsilon, Out(y));

    /// <inheritdoc/>
    public void InverseSigmoidBackward(Tensor x, float epsilon, Tensor dy, Tensor dx) => Kernels.InverseSigmoid.Backward(_pool, In(x), epsilon, In(dy), Out(dx));

    /// <inheritdoc/>
    public void ParametricRelu(Tensor x, Tensor slope, Tensor y) => Kernels.ParametricRelu.Forward(_pool, In(x), slope.Item(), Out(y));

    /// <inheritdoc/>
    public void ParametricReluBackward(Tensor x, Tensor slope, Tensor dy, Tensor dx, Tensor dSlope)
        => Out(dSlope)[0] = (float)Kernels.ParametricRelu.Backward(_pool, In(x), slope.Item(), In(dy), Out(dx));

    /// <inheritdoc/>
    public void SineEncoding(Tensor x, ReadOnlySpan<int> order, ReadOnlySpan<float> wavelengths, Tensor y)
        => Kernels.SineEncoding.Forward(_pool, In(x), x.Shape[^1], order, wavelengths, Out(y));

    /// <inheritdoc/>
    public void SineEncodingBackward(Tensor y, ReadOnlySpan<int> order, ReadOnlySpan<float> wavelengths, Tensor dy, Tensor dx)
        => Kernels.SineEncoding.Backward(_pool, In(y), dx.Shape[^1], order, wavelengths, In(dy), Out(dx));

    /// <inheritdoc/>
    public void Binary(BinaryOperation operation, Tensor a, Tensor b, Tensor y)
    {
        Shape shapeA = a.Shape, shapeB = b.Shape, shapeY = y.Shape;
        switch (operation)
        {
            case BinaryOperation.Add: Broadcasting.Add(_pool, shapeA.AsSpan(), In(a), shapeB.AsSpan(), In(b), shapeY.AsSpan(), Out(y)); break;
            case BinaryOperation.Subtract: Broadcasting.Subtract(_pool, shapeA.AsSpan(), In(a), shapeB.AsSpan(), In(b), shapeY.AsSpan(), Out(y)); break;
            case BinaryOperation.Multiply: Broadcasting.Multiply(_pool, shapeA.AsSpan(), In(a), shapeB.AsSpan(), In(b), shapeY.AsSpan(), Out(y)); break;
            case BinaryOperation.Divide: Broadcasting.Divide(_pool, shapeA.AsSpan(), In(a), shapeB.AsSpan(), In(b), shapeY.AsSpan(), Out(y)); break;
            default: throw new ArgumentOutOfRangeException(nameof(operation), operation, null);
        }
    }

    /// <inheritdoc/>
    public void Scale(float alpha, Tensor x, Tensor y) => Elementwise.Scale(_pool, alpha, In(x), Out(y));

    /// <inheritdoc/>
    public void AddScaled(float alpha, Tensor x, Tensor y) => Elementwise.AddScaled(_pool, alpha, In(x), Out(y));

    /// <inheritdoc/>
    public void ReduceSum(Tensor x, Tensor y)
    {
        Shape shapeX = x.Shape, shapeY = y.Shape;
        bool sumsRows = y.Length > 1 && shapeX.Rank > 0 && y.Length == shapeX[^1] && shapeY[^1] == y.Length;
        if (sumsRows)
        {
            Reduction.SumRows(_pool, In(x), x.Length / y.Length, y.Length, Out(y));
        }
        else if (y.Length == 1)
        {
            Out(y)[0] = (float)Reduction.Sum(In(x));
        }
        else
        {
            Broadcasting.ReduceSum(_pool, shapeX.AsSpan(), In(x), shapeY.AsSpan(), Out(y));
        }
    }

    /// <inheritdoc/>
    public double SumOfSquares(Tensor x) => Reduction.SumOfSquares(In(x));

    /// <inheritdoc/>
    public void Permute(Tensor x, ReadOnlySpan<int> axes, Tensor y)
    {
        Shape shape = x.Shape;
        Permutation.Execute(_pool, shape.AsSpan(), axes, In(x), Out(y));
    }

    /// <inheritdoc/>
    public void GatherRows(Tensor x, ReadOnlySpan<int> indices, Tensor y) => Rows.Gather(In(x), x.Shape[^1], indices, Out(y));

    /// <inheritdoc/>
    public void ScatterAddRows(Tensor dy, ReadOnlySpan<int> indices, Tensor dx) => Rows.ScatterAdd(In(dy), dx.Shape[^1], indices, Out(dx));

    /// <inheritdoc/>
    public void Dropout(Tensor x, float probability, ulong seed, Tensor y) => Kernels.Dropout.Execute(_pool, In(x), probability, seed, Out(y));

    /// <inheritdoc/>
    public void AdamW(ReadOnlySpan<AdamWUpdate> updates, in AdamWSettings settings)
    {
        AdamWTensor[] tensors = ArrayPool<AdamWTensor>.Shared.Rent(updates.Length);
        for (int i = 0; i < updates.Length; i++)
        {
            (Tensor parameter, Tensor gradient, Tensor first, Tensor second) = updates[i];
            tensors[i] = new AdamWTensor(Elements(parameter), Elements(gradient), Elements(first), Elements(second));
        }

        AdamWStep.Execute(
            _pool, tensors.AsMemory(0, updates.Length), settings.LearningRate, settings.Beta1, settings.Beta2, settings.Epsilon, settings.WeightDecay,
            settings.Step, settings.GradientScale);
        ArrayPool<AdamWTensor>.Shared.Return(tensors, clearArray: true);
    }
}
