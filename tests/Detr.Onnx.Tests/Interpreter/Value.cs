using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Tests.Interpreter;

/// <summary>A tensor of any type, its elements as doubles, which hold every float, truth value and index exactly.</summary>
internal sealed record Value(DataType Type, int[] Shape, double[] Elements)
{
    internal int Rank => Shape.Length;

    internal static Value Floats(int[] shape, IEnumerable<float> elements) => new(DataType.Float, shape, [.. elements.Select(element => (double)element)]);

    internal static Value Booleans(int[] shape, IEnumerable<bool> elements) => new(DataType.Bool, shape, [.. elements.Select(element => element ? 1.0 : 0.0)]);

    /// <summary>An axis counted from the start, where operators also count from the end.</summary>
    internal int Axis(long axis) => (int)(axis < 0 ? axis + Rank : axis);

    /// <summary>How many elements lie before, on and after an axis.</summary>
    internal (int Outer, int Size, int Inner) Around(int axis) => (Product(Shape[..axis]), Shape[axis], Product(Shape[(axis + 1)..]));

    internal long[] Integers()
    {
        Assert.Equal(DataType.Int64, Type);
        return [.. Elements.Select(element => (long)element)];
    }

    internal Value Reshaped(int[] shape)
    {
        Assert.Equal(Elements.Length, Product(shape));
        return this with { Shape = shape };
    }

    internal static int Product(IEnumerable<int> shape) => shape.Aggregate(1, (product, axis) => product * axis);
}
