namespace Detr.Benchmarks;

/// <summary>A page's generated part: what stands between <c>&lt;!-- table: NAME --&gt;</c> and <c>&lt;!-- end --&gt;</c>.</summary>
internal static class DocumentSection
{
    private const string End = "<!-- end -->";

    /// <summary>The page with another text in one part.</summary>
    /// <param name="page">The page.</param>
    /// <param name="name">The part.</param>
    /// <param name="text">Its new text.</param>
    /// <exception cref="InvalidDataException">The page has no such part.</exception>
    internal static string Replace(string page, string name, string text)
    {
        string start = $"<!-- table: {name} -->";
        int from = page.IndexOf(start, StringComparison.Ordinal), to = from < 0 ? -1 : page.IndexOf(End, from, StringComparison.Ordinal);
        return to < 0
            ? throw new InvalidDataException($"The page has no part between {start} and {End}.")
            : $"{page[..(from + start.Length)]}\n\n{text.Trim()}\n\n{page[to..]}";
    }
}
