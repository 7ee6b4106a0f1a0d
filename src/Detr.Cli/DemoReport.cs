using System.Globalization;
using System.Net;
using System.Text;
using Detr.Imaging;

namespace Detr.Cli;

/// <summary>The demo's page: one file that needs no network.</summary>
internal static class DemoReport
{
    internal static void Write(string path, RgbImage detections, IReadOnlyList<(Detection Detection, RgbImage Figure)> attention)
    {
        StringBuilder page = new();
        page.Append("""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>DETR on a generated scene</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fafafa; }
            h1 { font-weight: 600; } figure { margin: 0; } img { width: 100%; border-radius: 6px; display: block; }
            .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1.2rem; }
            figcaption { font-size: 0.9rem; color: #555; padding: 0.3rem 0; } .main { max-width: 36rem; }
            </style>
            <h1>What DETR sees</h1>
            <p>A scene the model has never met. Each of its object queries answers with one object or with none; there are no anchors
            and nothing is filtered afterwards but the score.</p>

            """);
        page.Append(CultureInfo.InvariantCulture, $"<figure class=\"main\"><img alt=\"Detections\" src=\"{Source(detections)}\"><figcaption>{attention.Count} objects found</figcaption></figure>\n");
        page.Append("<h2>Where each query looks</h2>\n<p>The last decoder layer's attention to the image, mean of its heads; bright is much.</p>\n<div class=\"grid\">\n");
        foreach ((Detection detection, RgbImage figure) in attention)
        {
            page.Append(CultureInfo.InvariantCulture, $"<figure><img alt=\"Attention of query {detection.Query}\" src=\"{Source(figure)}\"><figcaption>query {detection.Query}: {WebUtility.HtmlEncode(detection.Label)}, score {detection.Score:F2}</figcaption></figure>\n");
        }

        page.Append("</div>\n</html>\n");
        File.WriteAllText(path, page.ToString());
    }

    private static string Source(RgbImage image)
    {
        using MemoryStream stream = new();
        PngEncoder.Write(image, stream);
        return $"data:image/png;base64,{Convert.ToBase64String(stream.ToArray())}";
    }
}
