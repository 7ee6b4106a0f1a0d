using Detr.Kernels;

namespace Detr.Tensors.Tests.Operations;

/// <summary>Every operation's gradient against finite differences.</summary>
public sealed class GradientTests
{
    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    public void Linear(Activation activation) => GradientCheck.Run(
        (context, inputs) => context.Linear(inputs[0], inputs[1], inputs[2], activation), 1e-3f, 2e-2, Input([2, 5, 7], 1), Input([9, 7], 2), Input([9], 3));

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Matrix_product(bool transposeA, bool transposeB) => GradientCheck.Run(
        (context, inputs) => context.MatrixProduct(inputs[0], inputs[1], transposeA, transposeB),
        Input(transposeA ? [3, 6, 4] : [3, 4, 6], 1), Input(transposeB ? [3, 5, 6] : [3, 6, 5], 2));

    [Theory]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 2, 0, 1)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(3, 2, 1, 1)]
    [InlineData(3, 1, 2, 2)]
    [InlineData(7, 2, 3, 1)]
    [InlineData(2, 3, 0, 1)]
    public void Convolution(int kernel, int stride, int padding, int dilation) => GradientCheck.Run(
        (context, inputs) => context.Convolution(inputs[0], inputs[1], new ConvolutionGeometry(stride, padding, dilation), bias: inputs[2]),
        Input([2, 8, 7, 3], 1), Input([5, 3, kernel, kernel], 2), Input([5], 3));

    [Fact]
    public void Convolution_with_scale_residual_and_relu() => GradientCheck.Run(
        (context, inputs) => context.Convolution(
            inputs[0], inputs[1], new ConvolutionGeometry(1, 1), context.Upload([4], [0.5f, -1f, 2f, 0.1f]), inputs[2], inputs[3], Activation.Relu),
        1e-3f, 3e-2, Input([1, 5, 6, 3], 1), Input([4, 3, 3, 3], 2), Input([4], 3), Input([1, 5, 6, 4], 4));

    [Fact]
    public void Max_pooling() => GradientCheck.Run((context, inputs) => context.MaxPool(inputs[0], 3, 2, 1), 1e-4f, 2e-2, Input([2, 7, 6, 3], 1));

    [Theory]
    [InlineData(ResizeMode.Nearest, 9, 5)]
    [InlineData(ResizeMode.Bilinear, 9, 5)]
    [InlineData(ResizeMode.Bilinear, 3, 2)]
    public void Resize(ResizeMode mode, int height, int width) => GradientCheck.Run((context, inputs) => context.Resize(inputs[0], height, width, mode), Input([2, 4, 5, 3], 1));

    [Theory]
    [InlineData(UnaryOperation.Relu)]
    [InlineData(UnaryOperation.Sigmoid)]
    [InlineData(UnaryOperation.Tanh)]
    [InlineData(UnaryOperation.Exp)]
    [InlineData(UnaryOperation.Abs)]
    [InlineData(UnaryOperation.Square)]
    public void Functions_of_any_number(UnaryOperation operation) => GradientCheck.Run((context, inputs) => context.Apply(operation, inputs[0]), 1e-3f, 2e-2, Input([37], 1));

    [Theory]
    [InlineData(UnaryOperation.Log)]
    [InlineData(UnaryOperation.Sqrt)]
    public void Functions_of_part_of_the_numbers(UnaryOperation operation)
        => GradientCheck.Run((context, inputs) => context.Apply(operation, inputs[0]), 1e-3f, 2e-2, GradientCheck.Random([37], 1, 0.3f, 0.5f));

    [Fact]
    public void Inverse_sigmoid() => GradientCheck.Run((context, inputs) => context.InverseSigmoid(inputs[0], 1e-3f), 1e-3f, 2e-2, GradientCheck.Random([37], 1, 0.3f, 0.5f));

    [Fact]
    public void Parametric_relu() => GradientCheck.Run((context, inputs) => context.ParametricRelu(inputs[0], inputs[1]), 1e-3f, 2e-2, Input([3, 13], 1), Input([1], 2));

    [Fact]
    public void Sine_encoding()
    {
        float[] wavelengths = [1f, 1f, 3f, 3f, 10f, 10f];
        GradientCheck.Run((context, inputs) => context.SineEncoding(inputs[0], [1, 0, 2], wavelengths), 1e-3f, 2e-2, Input([2, 5, 4], 1));
        GradientCheck.Run((context, inputs) => context.SineEncoding(inputs[0], [1, 1], wavelengths), 1e-3f, 2e-2, Input([5, 2], 1));
    }

    [Theory]
    [InlineData(BinaryOperation.Add)]
    [InlineData(BinaryOperation.Subtract)]
    [InlineData(BinaryOperation.Multiply)]
    [InlineData(BinaryOperation.Divide)]
    public void Functions_of_two_numbers_with_broadcasting(BinaryOperation operation)
    {
        foreach ((Shape a, Shape b) in new (Shape, Shape)[] { ([3, 4], [3, 4]), ([2, 3, 4], [4]), ([2, 3, 4], [1, 3, 1]), ([3, 1], [1, 5]), ([4], [2, 4]) })
        {
            GradientCheck.Run(
                (context, inputs) => operation switch
                {
                    BinaryOperation.Add => context.Add(inputs[0], inputs[1]),
                    BinaryOperation.Subtract => context.Subtract(inputs[0], inputs[1]),
                    BinaryOperation.Multiply => context.Multiply(inputs[0], inputs[1]),
                    _ => context.Divide(inputs[0], inputs[1]),
                },
                Input(a, 1), GradientCheck.Random(b, 2, 0.5f, 1.5f));
        }
    }

    [Fact]
    public void Sums_and_means()
    {
        GradientCheck.Run((context, inputs) => context.Sum(inputs[0]), Input([3, 5], 1));
        GradientCheck.Run((context, inputs) => context.Mean(inputs[0]), Input([3, 5], 1));
        GradientCheck.Run((context, inputs) => context.SumTo(inputs[0], [5]), Input([3, 5], 1));
        GradientCheck.Run((context, inputs) => context.SumTo(inputs[0], [3, 1]), Input([3, 5], 1));
    }

    [Fact]
    public void Dropout() => GradientCheck.Run((context, inputs) => context.Dropout(inputs[0], 0.4f), Input([200], 1));

    [Fact]
    public void Layer_norm() => GradientCheck.Run(
        (context, inputs) => context.LayerNorm(inputs[0], inputs[1], inputs[2]), Input([6, 11], 1), Input([11], 2), Input([11], 3));

    [Fact]
    public void Batch_norm_in_training() => GradientCheck.Run(
        (context, inputs) => context.BatchNorm(inputs[0], inputs[1], inputs[2], context.Zeros([5]), context.Zeros([5])), Input([2, 3, 4, 5], 1), Input([5], 2), Input([5], 3));

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    public void Batch_norm_with_residual_and_activation(Activation activation) => GradientCheck.Run(
        (context, inputs) => context.BatchNorm(inputs[0], inputs[1], inputs[2], context.Zeros([5]), context.Zeros([5]), inputs[3], activation),
        1e-3f, 3e-2, Input([2, 3, 4, 5], 1), Input([5], 2), Input([5], 3), Input([2, 3, 4, 5], 4));

    [Fact]
    public void Group_norm() => GradientCheck.Run(
        (context, inputs) => context.GroupNorm(inputs[0], 2, inputs[1], inputs[2]), Input([2, 3, 3, 6], 1), Input([6], 2), Input([6], 3));

    [Fact]
    public void Softmax_and_its_logarithm()
    {
        GradientCheck.Run((context, inputs) => context.Softmax(inputs[0]), Input([4, 9], 1));
        GradientCheck.Run((context, inputs) => context.LogSoftmax(inputs[0]), Input([4, 9], 1));
    }

    [Theory]
    [InlineData(0f, false, false)]
    [InlineData(0.3f, false, false)]
    [InlineData(0f, true, false)]
    [InlineData(0.2f, true, true)]
    public void Attention(float dropout, bool padded, bool headsOff)
    {
        bool[] mask = new bool[2 * 6];
        mask[4] = mask[5] = mask[11] = padded;
        GradientCheck.Run(
            (context, inputs) =>
            {
                context.HeadMask = headsOff ? new SecondHeadOff() : null;
                return context.Attention("a", inputs[0], inputs[1], inputs[2], 2, padded ? new PaddingMask(2, 1, 6, mask) : null, null, dropout);
            },
            Input([2, 5, 8], 1), Input([2, 6, 8], 2), Input([2, 6, 8], 3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Deformable_attention(bool headsOff)
    {
        DeformableAttentionShape shape = new(2, 3, 2, 4, 2, (3, 4), (1, 2));
        GradientCheck.Run(
            (context, inputs) =>
            {
                context.HeadMask = headsOff ? new SecondHeadOff() : null;
                return context.DeformableAttention("a", shape, inputs[0], inputs[1], inputs[2]);
            },
            1e-3f, 2e-2, Input([2, 14, 8], 1), BetweenCells(shape, 2), Input([2, 3, 2, 2, 2], 3));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Sampling_locations(int referenceSize)
    {
        DeformableAttentionShape shape = new(2, 3, 2, 4, 2, (3, 4), (1, 2));
        GradientCheck.Run((context, inputs) => context.SamplingLocations(shape, inputs[0], inputs[1]), Input([2, 3, 2, 2, 2, 2], 1), Input([2, 3, 2, referenceSize], 2));
    }

    [Fact]
    public void Attention_whose_values_have_fewer_channels() => GradientCheck.Run(
        (context, inputs) => context.Attention("a", inputs[0], inputs[1], inputs[2], 2, bias: context.Upload([5, 6], Input([5, 6], 4).AsSpan())),
        Input([2, 5, 12], 1), Input([2, 6, 12], 2), Input([2, 6, 4], 3));

    [Fact]
    public void Arrangements()
    {
        GradientCheck.Run((context, inputs) => context.Permute(inputs[0], 0, 2, 1), Input([2, 3, 4], 1));
        GradientCheck.Run((context, inputs) => context.Permute(inputs[0], 2, 0, 1, 3), Input([2, 3, 4, 2], 1));
        GradientCheck.Run((context, inputs) => context.Reshape(inputs[0], [6, 4]), Input([2, 3, 4], 1));
        GradientCheck.Run((context, inputs) => context.Slice(inputs[0], 1, 1, 2), Input([2, 4, 3], 1));
        GradientCheck.Run((context, inputs) => context.Slice(inputs[0], 0, 1, 2), Input([4, 3], 1));
        GradientCheck.Run(
            (context, inputs) => context.Add(
                context.Multiply(context.Slice(inputs[0], 0, 3, 3), context.Slice(inputs[0], 0, 0, 3)), context.Add(context.Slice(inputs[0], 0, 2, 3), context.Slice(inputs[0], 0, 3, 3))),
            Input([6, 3], 1));
        GradientCheck.Run((context, inputs) => context.Concatenate(1, inputs[0], inputs[1]), Input([2, 4, 3], 1), Input([2, 2, 3], 2));
        GradientCheck.Run((context, inputs) => context.GatherRows(inputs[0], [2, 0, 2, 1]), Input([3, 4], 1));
    }

    [Fact]
    public void Losses_of_masks()
    {
        float[] inside = [.. Enumerable.Range(0, 3 * 40).Select(i => i % 40 < 13 ? 1f : 0f)];
        GradientCheck.Run((context, inputs) => context.SigmoidFocalLoss(inputs[0], context.Upload([3, 40], inside)), Input([3, 40], 1));
        GradientCheck.Run((context, inputs) => context.DiceLoss(inputs[0], context.Upload([3, 40], inside)), Input([3, 40], 1));
    }

    [Fact]
    public void Cross_entropy() => GradientCheck.Run(
        (context, inputs) => context.CrossEntropy(inputs[0], [0, 3, 3, 1, 2], [1f, 1f, 0.5f, 0.1f]), Input([5, 4], 1));

    [Fact]
    public void A_tensor_used_twice_gets_both_gradients() => GradientCheck.Run(
        (context, inputs) => context.Add(context.Multiply(inputs[0], inputs[0]), context.Add(inputs[0], inputs[0])), Input([7], 1));

    private static Tensor Input(Shape shape, int seed) => GradientCheck.Random(shape, seed);

    /// <summary>Places well between cells, some beyond the edge: at a cell itself a bilinear sample has a bend.</summary>
    private static Tensor BetweenCells(DeformableAttentionShape shape, int seed)
    {
        Tensor locations = Input([shape.Batch, shape.Queries, shape.Heads, shape.Levels.Length, shape.Points, 2], seed);
        float[] values = locations.ToArray(), fractions = Input([values.Length], seed + 1).ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            (int height, int width) = shape.Levels[i / 2 / shape.Points % shape.Levels.Length];
            int size = i % 2 == 0 ? width : height;
            float cell = MathF.Floor((values[i] + 1) / 2 * (size + 1)) - 1;
            values[i] = (cell + 0.5f + (0.3f * fractions[i]) + 0.5f) / size;
        }

        locations.Write(values);
        return locations;
    }

    private sealed class SecondHeadOff : IHeadMask
    {
        private static readonly float[] Off = [1f, 0f];

        public ReadOnlySpan<float> Factors(string name, in AttentionShape shape) => Off;
    }
}
