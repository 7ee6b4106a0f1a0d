using System.Globalization;
using Detr.Models;

namespace Detr.Explain;

/// <summary>
/// Heads as text: <c>encoder.self</c>, <c>decoder.self</c> or <c>decoder.cross</c>, then <c>:</c> layers, then <c>:</c> heads, each
/// <c>all</c> or numbers and ranges from 0, such as <c>0-3,5</c>.
/// </summary>
public static class HeadSpecification
{
    private const string All = "all";
    private const string Form = "write encoder.self, decoder.self or decoder.cross, then : layers, then : heads, each all or like 0-3,5";

    /// <summary>Reads which heads are meant.</summary>
    /// <param name="text">The text, such as <c>decoder.cross:all:0-3</c>.</param>
    /// <param name="transformer">The transformer that must have these layers and heads.</param>
    /// <exception cref="FormatException">The text is not of this form, or names what the transformer does not have.</exception>
    public static HeadSelection Parse(string text, TransformerOptions transformer)
    {
        string[] parts = text.Split(':');
        AttentionKind kind = AttentionKinds.Find(parts[0]) ?? throw new FormatException($"{text} names no attention; {Form}.");
        if (parts.Length != 3)
        {
            throw new FormatException($"{text} has {(parts.Length < 3 ? "too few" : "too many")} parts; {Form}.");
        }

        return new HeadSelection(kind) { Layers = Numbers(text, parts[1], kind.Layers(transformer), "layer"), Heads = Numbers(text, parts[2], transformer.Heads, "head") };
    }

    private static SortedSet<int>? Numbers(string text, string list, int count, string noun)
    {
        if (list == All)
        {
            return null;
        }

        SortedSet<int> numbers = [];
        foreach (string range in list.Split(','))
        {
            string[] ends = range.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last) || first > last)
            {
                throw new FormatException($"{text}: {(list.Length == 0 ? "nothing" : list)} says no {noun}s; {Form}.");
            }

            if (last >= count)
            {
                throw new FormatException($"{text} names {noun} {last}, but they go from 0 to {count - 1}.");
            }

            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
