using Detr.Imaging;
using Detr.Reports;

namespace Detr.Tests.Reports;

/// <summary>Nothing that is text becomes markup.</summary>
public sealed class HtmlTests
{
    private const string Hostile = "<script>alert(\"1\")</script> & 'cats'";
    private const string Encoded = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;cats&#39;";

    [Fact]
    public void Values_are_encoded_and_markup_is_not_encoded_twice()
    {
        Html cell = Html.Of($"<td title=\"{Hostile}\">{Hostile}");
        Assert.Equal($"<td title=\"{Encoded}\">{Encoded}", cell.ToString());
        Assert.Equal($"<tr>{cell}{cell}</tr>", Html.Of($"<tr>{Html.Join([cell, cell])}</tr>").ToString());
        Assert.Equal("<p>", Html.Of($"<p>{(string?)null}{Html.Empty}").ToString());
    }

    [Fact]
    public void Numbers_are_written_the_same_everywhere()
        => Assert.Equal("1.5 0.333 1,234", Html.Of($"{1.5} {1 / 3.0:F3} {1234:N0}").ToString());

    [Fact]
    public void Every_part_of_a_page_encodes()
    {
        LineChart chart = new(Hostile, Hostile, Hostile, [new LineSeries(Hostile, [0, 1], [1, 2], Rgb.Black)]);
        ReportPage page = new(Hostile, Html.Of($"{Hostile}"),
        [
            new ReportSection(Hostile, ReportParts.Grid([ReportParts.Chart(chart), ReportParts.Tiles([(Hostile, Hostile, Hostile)])])) { Note = Html.Of($"{Hostile}") },
            new ReportSection(string.Empty, ReportParts.Gallery([ReportParts.Picture(new RgbImage(2, 2), Html.Of($"{Hostile}"))])),
            new ReportSection("table", ReportParts.Table([Hostile, Hostile], [[Html.Of($"{Hostile}"), Html.Of($"{Hostile}")]])),
        ]);
        string html = page.ToHtml().ToString();
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("\"1\"", html, StringComparison.Ordinal);
        Assert.Contains(Encoded, html, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", html.Replace("http://www.w3.org/2000/svg", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
    }
}
