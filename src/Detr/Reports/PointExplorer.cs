using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>
/// A photograph on a page on which a point is picked, by pointer or arrow keys: what the point's cell attends to in the encoder, or what
/// attends to it, layer by layer, mean of the heads.
/// </summary>
public static class PointExplorer
{
    private const int SmallestSide = 512;
    private const int LargestSide = 800;

    /// <summary>The explorer; the page that it stands in has to say <see cref="ReportPage.HasMaps"/>.</summary>
    /// <param name="image">The upright original.</param>
    /// <param name="points">What its cells attend to.</param>
    public static Html Of(RgbImage image, EncoderPoints points)
    {
        IReadOnlyList<PackedAttention> layers = points.Shown;
        if (layers.Count == 0)
        {
            return points.LayersSeen == 0
                ? Html.Of($"<p class=\"notice\">This model has no encoder whose attention could be shown.</p>")
                : Html.Of($"<p class=\"notice\">What each of {points.Placement.PictureRows} × {points.Placement.PictureColumns} cells attends to would take more than the {points.PageLimit} that the page has for it; a smaller picture has fewer cells.</p>");
        }

        RgbImage photograph = new FigurePicture(image, Math.Clamp(Math.Max(image.Width, image.Height), SmallestSide, LargestSide)).Image;
        return Html.Of($"""
            <div class="maps points"><div>{ReportParts.Picture(photograph, Html.Of($"<noscript>Points are picked with the help of a script, which is switched off here.</noscript>"))}</div><form></form><div class="sheet"></div>
            <script type="application/json">{Html.Trusted(Data(image, points.Placement, layers))}</script></div>
            """);
    }

    /// <summary>How to use it, and what of the encoder is there.</summary>
    /// <param name="points">What cells attend to.</param>
    internal static Html Note(EncoderPoints points)
    {
        IReadOnlyList<int> layers = points.Layers;
        string room = layers.Count < points.LayersSeen ? $" The page has {points.PageLimit} for this, enough for the last {layers.Count} of {points.LayersSeen} layers." : string.Empty;
        return layers.Count == 0
            ? Html.Empty
            : Html.Of($"Pick a point of the picture, or walk there with the arrow keys, and see what its cell attends to in the encoder, or what attends to it: the mean of the heads, to within 2 % of what the attending cell gives most.{room}");
    }

    private static string Data(RgbImage image, MapPlacement placement, IReadOnlyList<PackedAttention> layers)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            MapGridJson.Write(json, image, placement, ColorMaps.Ember);
            json.WriteNumber("steps", PackedAttention.Steps);
            json.WriteStartArray("layers");
            foreach (PackedAttention layer in layers)
            {
                json.WriteStartObject();
                json.WriteNumber("layer", layer.Layer);
                json.WriteBase64String("largest", MemoryMarshal.AsBytes(layer.Largest.AsSpan()));
                json.WriteBase64String("levels", layer.Levels);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
