using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Tests.Interpreter;

/// <summary>Operators that work on one place at a time, with broadcasting.</summary>
internal static class Elementwise
{
    internal static Value Unary(Value x, Func<double, double> function)
    {
        Assert.Equal(DataType.Float, x.Type);
        return x with { Elements = [.. x.Elements.Select(function)] };
    }

    internal static Value Binary(Value left, Value right, Func<double, double, double> function)
    {
        Assert.Equal(left.Type, right.Type);
        int[] shape = Common(left.Shape, right.Shape);
        double[] a = Spread(left, shape), b = Spread(right, shape);
        return new Value(left.Type, shape, [.. a.Zip(b, function)]);
    }

    internal static Value Where(Value condition, Value whenTrue, Value whenFalse)
    {
        Assert.Equal(whenTrue.Type, whenFalse.Type);
        int[] shape = Common(Common(condition.Shape, whenTrue.Shape), whenFalse.Shape);
        double[] choice = Spread(condition, shape), a = Spread(whenTrue, shape), b = Spread(whenFalse, shape);
        return new Value(whenTrue.Type, shape, [.. choice.Select((element, i) => element != 0 ? a[i] : b[i])]);
    }

    /// <summary>The shape that two shapes are broadcast to: aligned at the last axis, ones repeated.</summary>
    internal static int[] Common(int[] left, int[] right)
    {
        int[] common = new int[Math.Max(left.Length, right.Length)];
        for (int i = 1; i <= common.Length; i++)
        {
            int a = i <= left.Length ? left[^i] : 1, b = i <= right.Length ? right[^i] : 1;
            Assert.True(a == b || a == 1 || b == 1, $"[{string.Join(", ", left)}] and [{string.Join(", ", right)}] cannot be broadcast");
            common[^i] = a == 1 ? b : a;
        }

        return common;
    }

    /// <summary>The elements of a value that is broadcast to a shape.</summary>
    internal static double[] Spread(Value x, int[] shape)
    {
        if (x.Shape.SequenceEqual(shape))
        {
            return x.Elements;
        }

        double[] spread = new double[Value.Product(shape)];
        for (int i = 0; i < spread.Length; i++)
        {
            int rest = i, source = 0, step = 1;
            for (int axis = 1; axis <= shape.Length; axis++)
            {
                int place = rest % shape[^axis];
                rest /= shape[^axis];
                if (axis <= x.Rank)
                {
                    source += x.Shape[^axis] == 1 ? 0 : place * step;
                    step *= x.Shape[^axis];
                }
            }

            spread[i] = x.Elements[source];
        }

        return spread;
    }
}
