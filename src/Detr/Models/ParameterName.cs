namespace Detr.Models;

/// <summary>A parameter's name, whose parts say what it belongs to.</summary>
/// <param name="text">The name: parts with points between them.</param>
internal readonly struct ParameterName(string text)
{
    private readonly string[] _parts = text.Split('.');

    /// <summary>The whole name.</summary>
    internal string Text => text;

    /// <summary>The last part, such as <c>weight</c>.</summary>
    internal string Leaf => _parts[^1];

    /// <summary>The part before it: the layer; empty where there is none.</summary>
    internal string Owner => _parts.Length > 1 ? _parts[^2] : string.Empty;

    /// <summary>Whether it is a layer's bias.</summary>
    internal bool IsBias => Leaf == "bias";

    /// <summary>Whether one of the parts is this.</summary>
    internal bool Has(string part) => _parts.Contains(part, StringComparer.Ordinal);

    /// <summary>Whether it belongs to a head of this name, of the decoder's or of the proposals', whose name ends so.</summary>
    internal bool IsOfHead(string head) => Array.Exists(_parts, part => part.EndsWith(head, StringComparison.Ordinal));

    /// <summary>Whether it belongs to the first of several heads: <c>bbox_embed.0</c>.</summary>
    internal bool IsOfFirst(string head) => text.Contains($"{head}.0.", StringComparison.Ordinal);
}
