using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Tests.Interpreter;

/// <summary>Operators that compare elements, or take those that others point at.</summary>
internal static class Choice
{
    /// <summary>The largest elements of the last axis and where they are, of equal ones the first.</summary>
    internal static Value[] TopK(Value x, Value count, Attributes attributes)
    {
        Assert.Equal((x.Rank - 1, 1, 1), (x.Axis(attributes.Integer("axis")), attributes.Integer("largest"), attributes.Integer("sorted")));
        int wanted = (int)count.Integers().Single();
        Assert.InRange(wanted, 0, x.Shape[^1]);
        (double Element, int Place)[][] chosen = [.. x.Elements.Chunk(x.Shape[^1]).Select(row =>
            row.Select((element, place) => (element, place)).OrderByDescending(pair => pair.element).Take(wanted).ToArray())];
        int[] shape = [.. x.Shape[..^1], wanted];
        return
        [
            x with { Shape = shape, Elements = [.. chosen.SelectMany(row => row.Select(pair => pair.Element))] },
            new Value(DataType.Int64, shape, [.. chosen.SelectMany(row => row.Select(pair => (double)pair.Place))]),
        ];
    }

    internal static Value Extreme(Value x, Attributes attributes, Func<double, double, double> choose)
    {
        int axis = x.Axis(attributes.Integers("axes").Single());
        bool keeps = attributes.Integer("keepdims") == 1;
        (int outer, int size, int inner) = x.Around(axis);
        double[] result = new double[outer * inner];
        for (int i = 0; i < result.Length; i++)
        {
            int first = (i / inner * size * inner) + (i % inner);
            result[i] = Enumerable.Range(0, size).Select(place => x.Elements[first + (place * inner)]).Aggregate(choose);
        }

        return x with { Shape = [.. x.Shape[..axis], .. keeps ? new[] { 1 } : [], .. x.Shape[(axis + 1)..]], Elements = result };
    }

    internal static Value GatherElements(Value x, Value places, Attributes attributes)
    {
        int axis = x.Axis(attributes.Integer("axis"));
        Assert.Equal([.. x.Shape[..axis], .. x.Shape[(axis + 1)..]], (int[])[.. places.Shape[..axis], .. places.Shape[(axis + 1)..]]);
        (_, int size, int inner) = x.Around(axis);
        long[] chosen = places.Integers();
        double[] result = new double[chosen.Length];
        for (int i = 0; i < result.Length; i++)
        {
            Assert.InRange(chosen[i], 0, size - 1);
            int outer = i / inner / places.Shape[axis];
            result[i] = x.Elements[(((outer * size) + (int)chosen[i]) * inner) + (i % inner)];
        }

        return x with { Shape = places.Shape, Elements = result };
    }
}
