using Detr.Onnx.Schema;
using Detr.Tensors;
using static Detr.Onnx.Schema.AttributeProto.Types;
using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Graph;

/// <summary>
/// ONNX's operators, as many of them as the models need, in the words of operator set 17. Each call adds one node and gives
/// the name of its result.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="name">What the names of these nodes begin with.</param>
internal sealed class GraphPart(OnnxGraph graph, string name)
{
    /// <summary>The graph that the nodes are added to.</summary>
    internal OnnxGraph Graph => graph;

    internal string Add(string left, string right) => Node("Add", [left, right]);

    internal string Subtract(string left, string right) => Node("Sub", [left, right]);

    internal string Multiply(string left, string right) => Node("Mul", [left, right]);

    internal string Divide(string left, string right) => Node("Div", [left, right]);

    /// <summary>The larger of two, element by element.</summary>
    internal string Max(string left, string right) => Node("Max", [left, right]);

    /// <summary>The smaller of two, element by element.</summary>
    internal string Min(string left, string right) => Node("Min", [left, right]);

    internal string Greater(string left, string right) => Node("Greater", [left, right]);

    internal string Log(string x) => Node("Log", [x]);

    internal string Relu(string x) => Node("Relu", [x]);

    /// <summary>x where it is positive, else slope · x.</summary>
    internal string ParametricRelu(string x, string slope) => Node("PRelu", [x, slope]);

    internal string Sigmoid(string x) => Node("Sigmoid", [x]);

    internal string Sin(string x) => Node("Sin", [x]);

    internal string Not(string x) => Node("Not", [x]);

    internal string ToFloat(string x) => Node("Cast", [x], Integer("to", (int)DataType.Float));

    internal string Where(string condition, string whenTrue, string whenFalse) => Node("Where", [condition, whenTrue, whenFalse]);

    internal string MatMul(string left, string right) => Node("MatMul", [left, right]);

    /// <summary>The softmax over the last axis.</summary>
    internal string Softmax(string x) => Node("Softmax", [x], Integer("axis", -1));

    /// <summary>Layer norm over the last axis.</summary>
    internal string LayerNormalization(string x, string weight, string bias, float epsilon)
        => Node("LayerNormalization", [x, weight, bias], Integer("axis", -1), Float("epsilon", epsilon));

    /// <summary>Each channel of [batch, channels, places] less its mean, over its deviation.</summary>
    internal string InstanceNormalization(string x, string weight, string bias, float epsilon)
        => Node("InstanceNormalization", [x, weight, bias], Float("epsilon", epsilon));

    /// <summary>A convolution of [batch, inputs, height, width] with [outputs, inputs, kernel, kernel].</summary>
    internal string Conv(string x, string weight, string bias, int kernel, ConvolutionGeometry geometry) => Node(
        "Conv",
        [x, weight, bias],
        Integers("kernel_shape", kernel, kernel),
        Integers("strides", geometry.Stride, geometry.Stride),
        Integers("pads", geometry.Padding, geometry.Padding, geometry.Padding, geometry.Padding),
        Integers("dilations", geometry.Dilation, geometry.Dilation));

    internal string MaxPool(string x, int kernel, int stride, int padding) => Node(
        "MaxPool",
        [x],
        Integers("kernel_shape", kernel, kernel),
        Integers("strides", stride, stride),
        Integers("pads", padding, padding, padding, padding));

    /// <summary>The same elements in another shape: 0 keeps the axis at that place, −1 takes what is left.</summary>
    internal string Reshape(string x, params ReadOnlySpan<long> shape) => Node("Reshape", [x, graph.List(shape)]);

    /// <summary>The same elements in a shape that is a value of its own.</summary>
    internal string Reshape(string x, string shape) => Node("Reshape", [x, shape]);

    internal string Transpose(string x, params ReadOnlySpan<long> axes) => Node("Transpose", [x], Integers("perm", axes));

    /// <summary>An axis of size 1 more.</summary>
    internal string Unsqueeze(string x, long axis) => Node("Unsqueeze", [x, graph.List(axis)]);

    internal string Concat(long axis, params ReadOnlySpan<string> parts) => Node("Concat", parts, Integer("axis", axis));

    /// <summary>Repeats axes of size 1; the shape is a value of its own.</summary>
    internal string Expand(string x, string shape) => Node("Expand", [x, shape]);

    /// <summary>The elements from one place to before another along an axis; both are lists of one integer.</summary>
    internal string Slice(string x, long axis, string start, string end) => Node("Slice", [x, start, end, graph.List(axis)]);

    /// <summary>The elements at the given places along an axis.</summary>
    internal string Gather(string x, string places, long axis) => Node("Gather", [x, places], Integer("axis", axis));

    /// <summary>The element at the given place along an axis, for each other place; the places have the result's shape.</summary>
    internal string GatherElements(string x, string places, long axis) => Node("GatherElements", [x, places], Integer("axis", axis));

    /// <summary>
    /// Samples of feature maps [batch, channels, height, width] at places [batch, rows, columns, 2], x and y from −1 to 1 between the maps' edges:
    /// by the operator's defaults bilinear, and zero outside.
    /// </summary>
    internal string GridSample(string maps, string places) => Node("GridSample", [maps, places]);

    /// <summary>Where the largest elements of the last axis are, largest first, of equal ones the first; the count is a list of one.</summary>
    internal string PlacesOfLargest(string x, string count)
    {
        NodeProto node = Append("TopK", [x, count], Integer("axis", -1), Integer("largest", 1), Integer("sorted", 1));
        node.Output.Add($"{node.Name}.places");
        return node.Output[1];
    }

    internal string CumSum(string x, long axis) => Node("CumSum", [x, graph.Scalar(axis)]);

    /// <summary>The sum along an axis, which stays with size 1.</summary>
    internal string ReduceSum(string x, long axis) => Node("ReduceSum", [x, graph.List(axis)], Integer("keepdims", 1));

    /// <summary>The smallest along an axis, which stays with size 1.</summary>
    internal string ReduceMin(string x, long axis) => Node("ReduceMin", [x], Integers("axes", axis), Integer("keepdims", 1));

    /// <summary>The largest along an axis, which goes.</summary>
    internal string ReduceMax(string x, long axis) => Node("ReduceMax", [x], Integers("axes", axis), Integer("keepdims", 0));

    /// <summary>An axis' size as a list of one integer.</summary>
    internal string Size(string x, long axis) => Node("Shape", [x], Integer("start", axis), Integer("end", axis + 1));

    /// <summary>All axes' sizes.</summary>
    internal string Shape(string x) => Node("Shape", [x]);

    /// <summary>A list of one as a number.</summary>
    internal string ToScalar(string x) => Node("Squeeze", [x]);

    /// <summary>0, 1, … as many integers as the number says.</summary>
    internal string Range(string count) => Node("Range", [graph.Scalar(0L), count, graph.Scalar(1L)]);

    private string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
        => Append(operation, inputs, attributes).Output[0];

    private NodeProto Append(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        string unique = graph.Unique($"{name}.{operation}");
        NodeProto node = new() { Name = unique, OpType = operation, Output = { unique } };
        foreach (string input in inputs)
        {
            node.Input.Add(input);
        }

        foreach (AttributeProto attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        graph.Proto.Node.Add(node);
        return node;
    }

    private static AttributeProto Integer(string attribute, long value) => new() { Name = attribute, Type = AttributeType.Int, I = value };

    private static AttributeProto Float(string attribute, float value) => new() { Name = attribute, Type = AttributeType.Float, F = value };

    private static AttributeProto Integers(string attribute, params ReadOnlySpan<long> values)
    {
        AttributeProto proto = new() { Name = attribute, Type = AttributeType.Ints };
        foreach (long value in values)
        {
            proto.Ints.Add(value);
        }

        return proto;
    }
}
