using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>
/// A photograph on a page over which sampling points are laid: by query, attention, layer, head and level. The page holds each point's place and weight,
/// 12 bytes, so that all layers of a query weigh less than a small picture.
/// </summary>
public static class SamplingExplorer
{
    private const int SmallestSide = 512;
    private const int LargestSide = 1024;

    /// <summary>The explorer; the page that it stands in has to say <see cref="ReportPage.HasMaps"/>.</summary>
    /// <param name="image">The upright original.</param>
    /// <param name="explanation">What was found, and the points; of at least one query.</param>
    /// <exception cref="ArgumentException">There is no query, or a point or weight is not a finite number.</exception>
    public static Html Of(RgbImage image, SamplingExplanation explanation)
    {
        if (explanation.Queries.Count == 0)
        {
            throw new ArgumentException("There is no query whose points could be shown.", nameof(explanation));
        }

        RgbImage photograph = new FigurePicture(image, Math.Clamp(Math.Max(image.Width, image.Height), SmallestSide, LargestSide)).Image;
        return Html.Of($"""
            <div class="maps samples"><div>{ReportParts.Picture(photograph, Html.Of($"<noscript>Points are laid over the photograph by a script, which is switched off here.</noscript>"))}</div><form></form><div class="sheet"></div>
            <script type="application/json">{Html.Trusted(Data(image, explanation))}</script></div>
            """);
    }

    /// <summary>What the page's script reads, as JSON in which no text can end the element around it.</summary>
    private static string Data(RgbImage image, SamplingExplanation explanation)
    {
        SamplingPoints any = explanation.Queries[0].Decoder[0];
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            MapGridJson.WriteNumbers(json, "size", [image.Width, image.Height]);
            MapGridJson.WriteColors(json, ColorMaps.Ember);
            json.WriteNumber("heads", any.Heads);
            json.WriteNumber("points", any.Points);
            json.WriteStartArray("levels");
            foreach ((int rows, int columns) in explanation.Levels)
            {
                json.WriteStartArray();
                json.WriteNumberValue(rows);
                json.WriteNumberValue(columns);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("queries");
            foreach (SampledQuery query in explanation.Queries.OrderByDescending(query => explanation.Detections[query.Query].Score))
            {
                Write(json, image, query, explanation.Detections[query.Query]);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, RgbImage image, SampledQuery query, Detection detection)
    {
        PictureRegion near = PictureRegion.Around(image, detection);
        json.WriteStartObject();
        MapExplorer.WriteProperties(json, detection);
        MapGridJson.WriteNumbers(json, "near", [near.Left, near.Top, near.Width, near.Height]);
        json.WriteStartObject("attentions");
        foreach ((AttentionKind kind, IReadOnlyList<SamplingPoints> layers) in new[] { (AttentionKind.DecoderCross, query.Decoder), (AttentionKind.EncoderSelf, query.Encoder) })
        {
            if (layers.Count > 0)
            {
                json.WriteStartArray(kind.Title());
                foreach (SamplingPoints points in layers)
                {
                    Write(json, image, points);
                }

                json.WriteEndArray();
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A layer's points (x, y, weight) and what they are placed by, in the original's pixels.</summary>
    private static void Write(Utf8JsonWriter json, RgbImage image, SamplingPoints points)
    {
        float[] samples = new float[3 * points.Count];
        for (int point = 0; point < points.Count; point++)
        {
            (float x, float y) = points.Location(point);
            (samples[3 * point], samples[(3 * point) + 1], samples[(3 * point) + 2]) = (x * image.Width, y * image.Height, points.Weights[point]);
        }

        if (!Array.TrueForAll(samples, float.IsFinite))
        {
            throw new ArgumentException("A sampling point or its weight is not a finite number.", nameof(points));
        }

        json.WriteStartObject();
        MapGridJson.WriteNumbers(json, "reference", points.ReferenceInPixels(image.Width, image.Height));
        json.WriteBase64String("samples", MemoryMarshal.AsBytes(samples.AsSpan()));
        json.WriteEndObject();
    }
}
