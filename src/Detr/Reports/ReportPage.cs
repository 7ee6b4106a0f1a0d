using System.Text;
using Detr.Tensors.Checkpoints;

namespace Detr.Reports;

/// <summary>A page that stands alone: one file with its style, script, charts and pictures in it, which needs no network.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Lead">A sentence below the title.</param>
/// <param name="Sections">Its parts, in their order.</param>
public sealed record ReportPage(string Title, Html Lead, IReadOnlyList<ReportSection> Sections)
{
    private static readonly string[] MapScripts = ["map-canvas.js", "maps.js", "points.js", "samples.js"];

    /// <summary>Whether it will be written again, so that who looks at it should be shown the new one.</summary>
    public bool IsGrowing { get; init; }

    /// <summary>Whether it has maps to lay over photographs, which need a script of their own.</summary>
    public bool HasMaps { get; init; }

    /// <summary>Writes the page; whoever reads it meanwhile sees the old one or the new one, whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written; the old one stands.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToHtml().ToString())));

    /// <summary>The whole page.</summary>
    public Html ToHtml()
    {
        IEnumerable<ReportSection> named = Sections.Where(section => section.Title.Length > 0);
        return Html.Of($"""
            <!doctype html>
            <html lang="en"{(IsGrowing ? Html.Of($" data-growing") : Html.Empty)}>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Title}</title>
            <style>
            {Resource("report.css")}</style>
            <header><h1>{Title}</h1><p class="lead">{Lead}</p><nav>{Html.Join(named.Select(section => Html.Of($"<a href=\"#{section.Anchor}\">{section.Title}</a>")))}</nav></header>
            <main>
            {Html.Join(Sections.Select(section => section.ToHtml()))}</main>
            <footer>Detr.NET</footer>
            <script>
            {Resource("report.js")}</script>{(HasMaps ? Html.Join(MapScripts.Select(name => Html.Of($"<script>\n{Resource(name)}</script>"))) : Html.Empty)}
            </html>

            """);
    }

    /// <summary>A file of this assembly, which is markup, style or script by itself.</summary>
    private static Html Resource(string name)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream(typeof(ReportPage), name)
            ?? throw new InvalidOperationException($"The assembly was built without {name}.");
        using StreamReader reader = new(stream);
        return Html.Trusted(reader.ReadToEnd());
    }
}
