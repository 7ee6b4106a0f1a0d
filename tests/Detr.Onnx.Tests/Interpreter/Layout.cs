using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Tests.Interpreter;

/// <summary>Operators that move elements and compute nothing.</summary>
internal static class Layout
{
    internal static Value Shape(Value x, Attributes attributes)
        => Integers([.. x.Shape[(int)attributes.Integer("start", 0)..(int)attributes.Integer("end", x.Rank)].Select(axis => (double)axis)]);

    internal static Value Range(Value start, Value limit, Value step)
    {
        Assert.All(new[] { start, limit, step }, scalar => Assert.Equal(0, scalar.Rank));
        List<double> places = [];
        for (long place = start.Integers()[0]; place < limit.Integers()[0]; place += step.Integers()[0])
        {
            places.Add(place);
        }

        return Integers([.. places]);
    }

    internal static Value Reshape(Value x, long[] wanted)
    {
        int[] shape = [.. wanted.Select((axis, i) => axis == 0 ? x.Shape[i] : (int)axis)];
        int free = Array.IndexOf(shape, -1);
        if (free >= 0)
        {
            shape[free] = x.Elements.Length / -Value.Product(shape);
        }

        return x.Reshaped(shape);
    }

    internal static Value Unsqueeze(Value x, long axis) => x.Reshaped([.. x.Shape[..(int)axis], 1, .. x.Shape[(int)axis..]]);

    internal static Value Expand(Value x, long[] shape)
    {
        int[] common = Elementwise.Common(x.Shape, [.. shape.Select(axis => (int)axis)]);
        return x with { Shape = common, Elements = Elementwise.Spread(x, common) };
    }

    internal static Value Transpose(Value x, Attributes attributes)
    {
        int[] order = attributes.Integers("perm"), shape = [.. order.Select(axis => x.Shape[axis])], steps = [.. order.Select(axis => x.Around(axis).Inner)];
        double[] result = new double[x.Elements.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int rest = i, source = 0;
            for (int axis = order.Length - 1; axis >= 0; axis--)
            {
                source += rest % shape[axis] * steps[axis];
                rest /= shape[axis];
            }

            result[i] = x.Elements[source];
        }

        return x with { Shape = shape, Elements = result };
    }

    internal static Value Concat(Value[] parts, Attributes attributes)
    {
        int axis = parts[0].Axis(attributes.Integer("axis"));
        Assert.All(parts, part => Assert.Equal(parts[0].Type, part.Type));
        List<double> result = [];
        for (int outer = 0; outer < parts[0].Around(axis).Outer; outer++)
        {
            foreach (Value part in parts)
            {
                int length = part.Around(axis).Size * part.Around(axis).Inner;
                result.AddRange(part.Elements.AsSpan(outer * length, length));
            }
        }

        int[] shape = [.. parts[0].Shape];
        shape[axis] = parts.Sum(part => part.Shape[axis]);
        return new Value(parts[0].Type, shape, [.. result]);
    }

    internal static Value Gather(Value x, Value places, Attributes attributes)
    {
        int axis = x.Axis(attributes.Integer("axis"));
        (int outer, int size, int inner) = x.Around(axis);
        List<double> result = [];
        for (int i = 0; i < outer; i++)
        {
            foreach (long place in places.Integers())
            {
                Assert.InRange(place, 0, size - 1);
                result.AddRange(x.Elements.AsSpan(((i * size) + (int)place) * inner, inner));
            }
        }

        return new Value(x.Type, [.. x.Shape[..axis], .. places.Shape, .. x.Shape[(axis + 1)..]], [.. result]);
    }

    /// <summary>From one place to before another, or to the axis' end where that comes first.</summary>
    internal static Value Slice(Value x, long start, long end, long axis)
    {
        int place = x.Axis(axis);
        (int outer, int size, int inner) = x.Around(place);
        int first = (int)start, count = (int)Math.Min(end, size) - first;
        Assert.True(first >= 0 && count >= 0, $"there is no slice from {start} to {end} of {size}");
        List<double> result = [];
        for (int i = 0; i < outer; i++)
        {
            result.AddRange(x.Elements.AsSpan(((i * size) + first) * inner, count * inner));
        }

        return new Value(x.Type, [.. x.Shape[..place], count, .. x.Shape[(place + 1)..]], [.. result]);
    }

    private static Value Integers(double[] elements) => new(DataType.Int64, [elements.Length], elements);
}
