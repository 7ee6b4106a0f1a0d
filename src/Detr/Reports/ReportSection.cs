namespace Detr.Reports;

/// <summary>A part of a page.</summary>
/// <param name="Title">Its heading; without one it has none and no place in the page's navigation.</param>
/// <param name="Body">What it shows.</param>
public sealed record ReportSection(string Title, Html Body)
{
    /// <summary>A sentence below the heading that says how to read it.</summary>
    public Html Note { get; init; }

    /// <summary>The name that links lead to.</summary>
    internal string Anchor => Title.ToLowerInvariant().Replace(' ', '-');

    internal Html ToHtml() => Title.Length == 0
        ? Html.Of($"<section>{Body}</section>\n")
        : Html.Of($"<section id=\"{Anchor}\"><h2>{Title}</h2>{(Note.ToString().Length > 0 ? Html.Of($"<p class=\"note\">{Note}</p>") : Html.Empty)}{Body}</section>\n");
}
