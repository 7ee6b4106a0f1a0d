using System.Numerics;
using System.Text;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// Reads a pickle, the program for a small stack machine that Python writes objects as, and runs none of it: names stand on
/// a fixed list (<see cref="PickledGlobal"/>) and are never called. Results are null, <see cref="bool"/>, <see cref="long"/>,
/// <see cref="BigInteger"/>, <see cref="double"/>, <see cref="string"/>, byte arrays, lists, object arrays for tuples, and
/// the <c>Pickled…</c> types. Memory is bounded by a multiple of the pickle's length; nothing recurses, however deep values nest.
/// </summary>
/// <param name="input">The bytes.</param>
/// <param name="storages">Takes the storages that the pickle names, by key, where a caller wants to know them.</param>
internal sealed class PickleReader(PickleInput input, Dictionary<string, PickledStorage>? storages = null)
{
    // Python writes long lists and dictionaries by the thousand, so only nesting makes a stack deep.
    private const int DeepestStack = 1 << 16;
    private const int LargestMemo = 1 << 20;

    // As many as torch lets a tensor have.
    private const int MostAxes = 64;

    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<int, object?> _memo = [];
    private readonly long _start = input.Position;
    private long _copiedPairs;

    /// <summary>One object, up to the pickle's end.</summary>
    /// <exception cref="InvalidDataException">The pickle is cut off or damaged, asks for a global that is not on the list, or is too deep.</exception>
    internal object? Read()
    {
        while (true)
        {
            PickleOpcode opcode = (PickleOpcode)input.Byte();
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            Execute(opcode);
            if (_stack.Count + _marks.Count > DeepestStack || _memo.Count > LargestMemo)
            {
                throw input.Bad("nests values deeper, or remembers more of them, than a checkpoint has reason to");
            }
        }
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol:
                _ = input.Byte();
                break;
            case PickleOpcode.Frame:
                _ = input.Int64();
                break;
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                break;
            case PickleOpcode.Pop:
                _ = Pop();
                break;
            case PickleOpcode.PopMark:
                _ = PopToMark();
                break;
            case PickleOpcode.Dup:
                _stack.Add(Top());
                break;
            case PickleOpcode.BinGet:
                Recall(input.Byte());
                break;
            case PickleOpcode.LongBinGet:
                Recall(input.Int32());
                break;
            case PickleOpcode.BinPut:
                _memo[input.Byte()] = Top();
                break;
            case PickleOpcode.LongBinPut:
                _memo[input.Int32()] = Top();
                break;
            case PickleOpcode.Memoize:
                _memo[_memo.Count] = Top();
                break;
            case PickleOpcode.Append:
                object? item = Pop();
                Top<List<object?>>().Add(item);
                break;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                object?[] items = PopToMark();
                Top<List<object?>>().AddRange(items);
                break;
            case PickleOpcode.SetItem:
                object? value = Pop(), key = Pop();
                Top<PickledDictionary>().Entries.Add((key, value));
                break;
            case PickleOpcode.SetItems:
                object?[] pairs = PopToMark();
                SetItems(Top<PickledDictionary>(), pairs);
                break;
            case PickleOpcode.Build:
                Build(Pop());
                break;
            default:
                _stack.Add(Value(opcode));
                break;
        }
    }

    /// <summary>What an instruction that makes a value makes.</summary>
    private object? Value(PickleOpcode opcode) => opcode switch
    {
        PickleOpcode.None => null,
        PickleOpcode.NewTrue => true,
        PickleOpcode.NewFalse => false,
        PickleOpcode.BinInt => (long)input.Int32(),
        PickleOpcode.BinInt1 => (long)input.Byte(),
        PickleOpcode.BinInt2 => (long)(ushort)input.Int16(),
        PickleOpcode.Long1 => Integer(input.Bytes(input.Byte())),
        PickleOpcode.BinFloat => input.BigEndianDouble(),

        // Texts of Python 2 are bytes.
        PickleOpcode.BinString => Encoding.Latin1.GetString(input.Bytes(input.Int32())),
        PickleOpcode.ShortBinString => Encoding.Latin1.GetString(input.Bytes(input.Byte())),
        PickleOpcode.BinUnicode => input.Text((uint)input.Int32()),
        PickleOpcode.ShortBinUnicode => input.Text(input.Byte()),
        PickleOpcode.BinUnicode8 => input.Text(input.Int64()),
        PickleOpcode.BinBytes => input.Bytes((uint)input.Int32()),
        PickleOpcode.ShortBinBytes => input.Bytes(input.Byte()),
        PickleOpcode.BinBytes8 => input.Bytes(input.Int64()),
        PickleOpcode.EmptyList or PickleOpcode.EmptySet => new List<object?>(),
        PickleOpcode.List or PickleOpcode.FrozenSet => new List<object?>(PopToMark()),
        PickleOpcode.EmptyTuple => Array.Empty<object?>(),
        PickleOpcode.Tuple => PopToMark(),
        PickleOpcode.Tuple1 => Popped(1),
        PickleOpcode.Tuple2 => Popped(2),
        PickleOpcode.Tuple3 => Popped(3),
        PickleOpcode.EmptyDict => new PickledDictionary(),
        PickleOpcode.Dict => SetItems(new PickledDictionary(), PopToMark()),
        PickleOpcode.Global => Global(input.Line(), input.Line()),
        PickleOpcode.StackGlobal => Popped(2) is [string module, string name] ? Global(module, name) : throw Damaged(),
        PickleOpcode.BinPersistentId => Storage(Pop()),
        PickleOpcode.Reduce or PickleOpcode.NewObject => Popped(2) is [PickledGlobal global, object?[] arguments] ? Made(global, arguments) : throw Damaged(),
        _ => throw input.Bad($"is damaged, or is no checkpoint: it has the pickle instruction 0x{(int)opcode:X2}, which torch.save does not write"),
    };

    private PickledGlobal Global(string module, string name) => PickledGlobal.Find(module, name)
        ?? throw input.File.Bad($"asks for Python's {module}.{name}, which weights have no need of, so it was refused and nothing was run", "save the model's state_dict alone");

    /// <summary>What a global would have made of its arguments.</summary>
    private object? Made(PickledGlobal global, object?[] arguments) => (global.Meaning, arguments) switch
    {
        (PickledMeaning.Dictionary, []) => new PickledDictionary(),
        (PickledMeaning.Dictionary, [PickledDictionary from]) => from,
        (PickledMeaning.Dictionary, [List<object?> pairs]) => SetPairs(new PickledDictionary(), pairs),
        (PickledMeaning.Sequence, []) => new List<object?>(),
        (PickledMeaning.Sequence, [List<object?> or object?[]]) => arguments[0],
        (PickledMeaning.Tensor, [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]) => new PickledTensor(storage, offset, Integers(shape), Integers(strides)),
        (PickledMeaning.Parameter, [PickledTensor tensor, ..]) => tensor,
        (PickledMeaning.Object, _) => new PickledObject(global, arguments),
        _ => throw input.Bad($"is damaged: it calls {global.Name} with what that does not take"),
    };

    /// <summary>The storage that <c>("storage", type, key, device, length)</c> names; a sixth part, long gone from torch, is a view of another.</summary>
    private PickledStorage Storage(object? id)
    {
        if (id is not object?[] parts || parts is not (["storage", PickledGlobal { Type: not null }, string, _, long] or ["storage", PickledGlobal { Type: not null }, string, _, long, null]))
        {
            throw input.Bad("is damaged: it describes a storage wrongly");
        }

        PickledStorage storage = new((string)parts[2]!, ((PickledGlobal)parts[1]!).Type!.Value, (long)parts[4]!);
        storages?.TryAdd(storage.Key, storage);
        return storage;
    }

    private void Build(object? state)
    {
        switch (Top())
        {
            case PickledObject made:
                made.State = state;
                break;
            case PickledDictionary or PickledTensor:
                // Attributes beside the entries, such as a state_dict's versions of its modules: of no use here.
                break;
            default:
                throw Damaged();
        }
    }

    private PickledDictionary SetItems(PickledDictionary dictionary, object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
        {
            throw Damaged();
        }

        for (int i = 0; i < pairs.Length; i += 2)
        {
            dictionary.Entries.Add((pairs[i], pairs[i + 1]));
        }

        return dictionary;
    }

    private PickledDictionary SetPairs(PickledDictionary dictionary, List<object?> pairs)
    {
        // Nothing else copies. A pair takes at least a byte of the pickle, so only lists that are used again and again copy more.
        _copiedPairs += pairs.Count;
        if (_copiedPairs > input.Position - _start)
        {
            throw input.Bad("makes dictionaries of the same list more often than a checkpoint has reason to");
        }

        foreach (object? pair in pairs)
        {
            dictionary.Entries.Add(pair is IList<object?> and [object key, var value] ? (key, value) : throw Damaged());
        }

        return dictionary;
    }

    private long[] Integers(object?[] values) => values.Length > MostAxes
        ? throw Damaged()
        : Array.ConvertAll(values, value => value is long number ? number : throw Damaged());

    private static object Integer(byte[] littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
        {
            return new BigInteger(littleEndian);
        }

        long value = 0;
        for (int i = 0; i < littleEndian.Length; i++)
        {
            value |= (i == littleEndian.Length - 1 ? (sbyte)littleEndian[i] : (long)littleEndian[i]) << (8 * i);
        }

        return value;
    }

    private void Recall(int index) => _stack.Add(_memo.TryGetValue(index, out object? value) ? value : throw Damaged());

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Damaged();

    private T Top<T>()
        where T : class
        => Top() as T ?? throw Damaged();

    private object? Pop()
    {
        object? top = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object?[] Popped(int count) => _stack.Count - count >= Floor ? PopFrom(_stack.Count - count) : throw Damaged();

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Damaged();
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopFrom(mark);
    }

    private object?[] PopFrom(int start)
    {
        object?[] values = [.. _stack[start..]];
        _stack.RemoveRange(start, values.Length);
        return values;
    }

    /// <summary>How far the stack may be taken down: to the last mark.</summary>
    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private InvalidDataException Damaged() => input.Bad("is damaged: its list of tensors does not hang together");
}
