using System.Buffers.Binary;
using Detr.Onnx.Schema;
using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Tests.Interpreter;

/// <summary>
/// Runs a graph as the specification's words say, node by node, in plain loops and double precision: slow, and with nothing
/// of the engine in it.
/// </summary>
internal static class OnnxInterpreter
{
    internal static Dictionary<string, Value> Run(GraphProto graph, IReadOnlyDictionary<string, Value> inputs)
    {
        Dictionary<string, Value> values = new(inputs, StringComparer.Ordinal);
        foreach (TensorProto initializer in graph.Initializer)
        {
            values.Add(initializer.Name, Read(initializer));
        }

        foreach (NodeProto node in graph.Node)
        {
            Attributes attributes = new(node);
            Value[] x = [.. node.Input.Select(name => values[name])], results = node.OpType == "TopK" ? Choice.TopK(x[0], x[1], attributes) : [Apply(node.OpType, x, attributes)];
            foreach ((string name, Value result) in node.Output.Zip(results, (name, result) => (name, result)))
            {
                values.Add(name, result);
            }

            Assert.Equal(node.Output.Count, results.Length);
            attributes.AssertAllRead();
        }

        return graph.Output.ToDictionary(output => output.Name, output => values[output.Name], StringComparer.Ordinal);
    }

    private static Value Apply(string operation, Value[] x, Attributes attributes) => (operation, x) switch
    {
        ("Add", [var a, var b]) => Elementwise.Binary(a, b, (left, right) => left + right),
        ("Sub", [var a, var b]) => Elementwise.Binary(a, b, (left, right) => left - right),
        ("Max", [var a, var b]) => Elementwise.Binary(a, b, Math.Max),
        ("Min", [var a, var b]) => Elementwise.Binary(a, b, Math.Min),
        ("Greater", [var a, var b]) => Elementwise.Binary(a, b, (left, right) => left > right ? 1 : 0) with { Type = DataType.Bool },
        ("Mul", [var a, var b]) => Elementwise.Binary(a, b, (left, right) => left * right),
        ("Div", [var a, var b]) => Elementwise.Binary(a, b, (left, right) => a.Type == DataType.Int64 ? (long)left / (long)right : left / right),
        ("Relu", [var a]) => Elementwise.Unary(a, element => Math.Max(element, 0)),
        ("PRelu", [var a, var slope]) => Elementwise.Binary(a, slope, (element, factor) => element < 0 ? factor * element : element),
        ("Log", [var a]) => Elementwise.Unary(a, Math.Log),
        ("Sigmoid", [var a]) => Elementwise.Unary(a, element => 1 / (1 + Math.Exp(-element))),
        ("Sin", [var a]) => Elementwise.Unary(a, Math.Sin),
        ("Not", [{ Type: DataType.Bool } a]) => a with { Elements = [.. a.Elements.Select(element => 1 - element)] },
        ("Cast", [var a]) => a with { Type = (DataType)attributes.Integer("to") },
        ("Where", [{ Type: DataType.Bool } a, var b, var c]) => Elementwise.Where(a, b, c),
        ("Conv", [var a, var weight, var bias]) => Windows.Conv(a, weight, bias, attributes),
        ("MaxPool", [var a]) => Windows.MaxPool(a, attributes),
        ("MatMul", [var a, var b]) => Rows.MatMul(a, b),
        ("Softmax", [var a]) => Rows.Softmax(a, attributes),
        ("LayerNormalization", [var a, var weight, var bias]) => Rows.LayerNormalization(a, weight, bias, attributes),
        ("InstanceNormalization", [var a, var weight, var bias]) => Rows.InstanceNormalization(a, weight, bias, attributes),
        ("GridSample", [var maps, var grid]) => Sampling.GridSample(maps, grid),
        ("ReduceMin", [var a]) => Choice.Extreme(a, attributes, Math.Min),
        ("ReduceMax", [var a]) => Choice.Extreme(a, attributes, Math.Max),
        ("GatherElements", [var a, var places]) => Choice.GatherElements(a, places, attributes),
        ("CumSum", [var a, var axis]) => Rows.Sums(a, axis.Integers().Single(), cumulative: true),
        ("ReduceSum", [var a, var axis]) => Rows.Sums(a, axis.Integers().Single(), cumulative: attributes.Integer("keepdims") != 1),
        ("Shape", [var a]) => Layout.Shape(a, attributes),
        ("Squeeze", [var a]) => a.Reshaped([.. a.Shape.Where(axis => axis != 1)]),
        ("Unsqueeze", [var a, var axis]) => Layout.Unsqueeze(a, axis.Integers().Single()),
        ("Reshape", [var a, var shape]) => Layout.Reshape(a, shape.Integers()),
        ("Transpose", [var a]) => Layout.Transpose(a, attributes),
        ("Expand", [var a, var shape]) => Layout.Expand(a, shape.Integers()),
        ("Concat", _) => Layout.Concat(x, attributes),
        ("Gather", [var a, var places]) => Layout.Gather(a, places, attributes),
        ("Slice", [var a, var start, var end, var axis]) => Layout.Slice(a, start.Integers().Single(), end.Integers().Single(), axis.Integers().Single()),
        ("Range", [var start, var limit, var step]) => Layout.Range(start, limit, step),
        _ => throw new NotSupportedException($"{operation} with {x.Length} inputs of types {string.Join(", ", x.Select(input => input.Type))}"),
    };

    private static Value Read(TensorProto tensor)
    {
        int[] shape = [.. tensor.Dims.Select(axis => (int)axis)];
        ReadOnlySpan<byte> bytes = tensor.RawData.Span;
        double[] elements = new double[Value.Product(shape)];
        int size = (DataType)tensor.DataType == DataType.Int64 ? sizeof(long) : sizeof(float);
        Assert.Equal(elements.Length * size, bytes.Length);
        for (int i = 0; i < elements.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes.Slice(i * size, size);
            elements[i] = size == sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(element) : BinaryPrimitives.ReadSingleLittleEndian(element);
        }

        return new Value((DataType)tensor.DataType, shape, elements);
    }
}
