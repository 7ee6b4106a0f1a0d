namespace Detr.Tensors.Checkpoints;

/// <summary>A dictionary of a pickle: its entries in order. Keys are compared only where a text is looked up, so a key may be anything.</summary>
internal sealed class PickledDictionary
{
    internal List<(object? Key, object? Value)> Entries { get; } = [];

    /// <summary>The value under a text; as in Python, the last of several. Null where there is none.</summary>
    internal object? this[string key] => Entries.FindLast(entry => entry.Key is string text && text == key).Value;
}
