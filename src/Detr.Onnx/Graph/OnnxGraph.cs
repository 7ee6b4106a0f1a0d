using System.Buffers.Binary;
using Detr.Onnx.Schema;
using Detr.Tensors;
using Google.Protobuf;
using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Graph;

/// <summary>
/// An ONNX graph in the making. Values are known by their names, as in the format itself; nodes are added in an order in
/// which they can run, through a <see cref="GraphPart"/>.
/// </summary>
/// <param name="name">What the graph is called.</param>
/// <param name="mostBytes">The most that its numbers may take.</param>
internal sealed class OnnxGraph(string name, long mostBytes = OnnxGraph.MostBytes)
{
    /// <summary>A protobuf message ends at 2³¹ − 1 bytes; 16 MiB of them are left to nodes and names.</summary>
    internal const long MostBytes = int.MaxValue - (16L << 20);

    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>The graph as it stands.</summary>
    internal GraphProto Proto { get; } = new() { Name = name };

    /// <summary>A part of the model, whose nodes' names begin with the part's.</summary>
    /// <param name="part">Such as <c>transformer.encoder.layers.0</c>.</param>
    internal GraphPart Part(string part) => new(this, part);

    /// <summary>Adds an input.</summary>
    /// <returns>Its name.</returns>
    internal string Input(string input, DataType type, ReadOnlySpan<GraphAxis> axes, string description)
    {
        Proto.Input.Add(Describe(input, type, axes, description));
        return input;
    }

    /// <summary>Makes a value an output, under a name of its own; no node may have read it under its old one.</summary>
    internal void Output(string value, string output, ReadOnlySpan<GraphAxis> axes, string description)
    {
        Proto.Node.Single(node => node.Output[0] == value).Output[0] = output;
        Proto.Output.Add(Describe(output, DataType.Float, axes, description));
    }

    /// <summary>Adds a tensor of weights.</summary>
    /// <param name="initializer">Its name, which no other value has.</param>
    /// <param name="shape">The axes' sizes.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <returns>Its name.</returns>
    /// <exception cref="IOException">All weights together are more than one file can hold.</exception>
    internal string Weights(string initializer, Shape shape, ReadOnlySpan<float> values)
    {
        byte[] bytes = Reserve(values.Length, sizeof(float));
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return Add(initializer, DataType.Float, shape, bytes);
    }

    /// <summary>A number, the same value for all who ask for it.</summary>
    internal string Scalar(float value)
    {
        string constant = FormattableString.Invariant($"float.{value}");
        return _constants.Add(constant) ? Weights(constant, [], [value]) : constant;
    }

    /// <summary>An integer, the same value for all who ask for it.</summary>
    internal string Scalar(long value) => Integers(FormattableString.Invariant($"integer.{value}"), [], [value]);

    /// <summary>A list of integers, such as a shape, the same value for all who ask for it.</summary>
    internal string List(params ReadOnlySpan<long> values) => Integers($"integers.{string.Join('.', values.ToArray())}", [values.Length], values);

    /// <summary>A name that no other node or value has.</summary>
    internal string Unique(string wanted)
    {
        int before = _taken.GetValueOrDefault(wanted);
        _taken[wanted] = before + 1;
        return before == 0 ? wanted : $"{wanted}.{before}";
    }

    private string Integers(string constant, Shape shape, ReadOnlySpan<long> values)
    {
        if (!_constants.Add(constant))
        {
            return constant;
        }

        byte[] bytes = Reserve(values.Length, sizeof(long));
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        }

        return Add(constant, DataType.Int64, shape, bytes);
    }

    private string Add(string initializer, DataType type, Shape shape, byte[] bytes)
    {
        // The array is the tensor's from here on; a copy of all weights would be a second model in memory.
        TensorProto tensor = new() { Name = initializer, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        foreach (int axis in shape)
        {
            tensor.Dims.Add(axis);
        }

        Proto.Initializer.Add(tensor);
        return initializer;
    }

    private byte[] Reserve(long elements, int size)
    {
        _bytes += elements * size;
        return _bytes <= mostBytes
            ? new byte[elements * size]
            : throw new IOException($"The model's weights take more than {mostBytes / 1_000_000} MB, the most that one ONNX file holds; export a smaller model.");
    }

    private static ValueInfoProto Describe(string value, DataType type, ReadOnlySpan<GraphAxis> axes, string description)
    {
        TensorShapeProto shape = new();
        foreach (GraphAxis axis in axes)
        {
            shape.Dim.Add(axis.Symbol is { } symbol
                ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
                : new TensorShapeProto.Types.Dimension { DimValue = axis.Size });
        }

        return new ValueInfoProto
        {
            Name = value,
            DocString = description,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }
}
