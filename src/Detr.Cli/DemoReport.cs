using Detr.Imaging;
using Detr.Reports;

namespace Detr.Cli;

/// <summary>The demo's page.</summary>
internal static class DemoReport
{
    internal static void Write(string path, RgbImage detections, IReadOnlyList<(Detection Detection, RgbImage Figure)> attention)
    {
        Html lead = Html.Of($"A scene the model has never met. Each of its object queries answers with one object or with none; there are no anchors, and nothing is filtered afterwards but the score.");
        IReadOnlyList<Html>[] rows =
        [
            .. attention.Select(pair => pair.Detection).Select(found => (IReadOnlyList<Html>)
            [
                Html.Of($"{found.Label}"), Html.Of($"{found.Score:F2}"), Html.Of($"{found.Query}"), Html.Of($"{found.X0:F0}, {found.Y0:F0}"), Html.Of($"{found.X1 - found.X0:F0} × {found.Y1 - found.Y0:F0}"),
            ]),
        ];
        new ReportPage("What DETR sees", lead,
        [
            new ReportSection("Detections", ReportParts.Grid([ReportParts.Picture(detections, Html.Of($"{attention.Count} objects found")), ReportParts.Table(["object", "score", "query", "left, top", "width × height"], rows)])),
            new ReportSection("Attention", ReportParts.Gallery(attention.Select(pair => ReportParts.Picture(pair.Figure, Html.Of($"<b>{pair.Detection.Label}</b>, query {pair.Detection.Query}, score {pair.Detection.Score:F2}")))))
            {
                Note = Html.Of($"Where the query of each object looks: the last decoder layer's attention to the image, mean of its heads; bright is much."),
            },
        ]).Write(path);
    }
}
