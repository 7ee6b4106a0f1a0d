using Detr.Onnx.Schema;
using static Detr.Onnx.Schema.AttributeProto.Types;

namespace Detr.Onnx.Tests.Interpreter;

/// <summary>A node's attributes; one that no operator asks for is a mistake.</summary>
internal sealed class Attributes(NodeProto node)
{
    private readonly Dictionary<string, AttributeProto> _unread = node.Attribute.ToDictionary(attribute => attribute.Name, StringComparer.Ordinal);

    internal long Integer(string name) => Take(name, AttributeType.Int).I;

    /// <summary>An integer that may be left out.</summary>
    internal long Integer(string name, long otherwise) => _unread.ContainsKey(name) ? Integer(name) : otherwise;

    internal double Float(string name) => Take(name, AttributeType.Float).F;

    internal int[] Integers(string name) => [.. Take(name, AttributeType.Ints).Ints.Select(value => (int)value)];

    /// <summary>A pair of equal numbers, one for rows and one for columns, or four of them.</summary>
    internal int Same(string name) => Integers(name).Distinct().Single();

    internal void AssertAllRead() => Assert.Empty(_unread);

    private AttributeProto Take(string name, AttributeType type)
    {
        Assert.True(_unread.Remove(name, out AttributeProto? attribute), $"{node.OpType} lacks {name}");
        Assert.Equal(type, attribute.Type);
        return attribute;
    }
}
