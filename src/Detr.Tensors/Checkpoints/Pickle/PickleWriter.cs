using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Detr.Tensors.Checkpoints;

/// <summary>Writes a pickle of protocol 2, which every Python 3 and every version of torch reads: plain values and calls of torch's own functions.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    internal PickleWriter()
    {
        Write(PickleOpcode.Protocol);
        _bytes.Add(2);
    }

    internal byte[] ToArray() => [.. _bytes];

    internal PickleWriter Write(params ReadOnlySpan<PickleOpcode> opcodes)
    {
        foreach (PickleOpcode opcode in opcodes)
        {
            _bytes.Add((byte)opcode);
        }

        return this;
    }

    internal PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Write(PickleOpcode.BinUnicode);
        Int32(utf8.Length);
        _bytes.AddRange(utf8);
        return this;
    }

    internal PickleWriter Integer(int value)
    {
        Write(PickleOpcode.BinInt);
        Int32(value);
        return this;
    }

    /// <summary>A truth value, a whole number or else a text, as <see cref="Checkpoint.Metadata"/> spells them.</summary>
    internal PickleWriter Value(string value) => value switch
    {
        "true" => Write(PickleOpcode.NewTrue),
        "false" => Write(PickleOpcode.NewFalse),
        _ when int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) => Integer(number),
        _ => Text(value),
    };

    internal PickleWriter Global(string module, string name)
    {
        Write(PickleOpcode.Global);
        _bytes.AddRange(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
        return this;
    }

    internal PickleWriter EmptyOrderedDictionary() => Global("collections", "OrderedDict").Write(PickleOpcode.EmptyTuple, PickleOpcode.Reduce);

    /// <summary>A dense tensor that is a storage of its own.</summary>
    internal PickleWriter Tensor(string storage, string key, Shape shape)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Write(PickleOpcode.Mark);
        Write(PickleOpcode.Mark).Text("storage").Global("torch", storage).Text(key).Text("cpu").Integer(shape.Length).Write(PickleOpcode.Tuple, PickleOpcode.BinPersistentId);
        Integer(0);
        Write(PickleOpcode.Mark);
        foreach (int axis in shape)
        {
            Integer(axis);
        }

        Write(PickleOpcode.Tuple, PickleOpcode.Mark);
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            Integer(shape.Skip(axis + 1).Aggregate(1, (product, size) => product * size));
        }

        return Write(PickleOpcode.Tuple, PickleOpcode.NewFalse).EmptyOrderedDictionary().Write(PickleOpcode.Tuple, PickleOpcode.Reduce);
    }

    private void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }
}
