using System.Buffers;
using System.Text;
using System.Text.Json;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>
/// A photograph on a page over which maps can be laid, one after the other: by query, method, layer and head. The page holds each map's
/// cells, a byte each, and enlarges them where it is looked at, so that hundreds of maps weigh less than the photograph.
/// </summary>
public static class MapExplorer
{
    private const int SmallestSide = 512;
    private const int LargestSide = 1024;

    /// <summary>The explorer; the page that it stands in has to say <see cref="ReportPage.HasMaps"/>.</summary>
    /// <param name="image">The upright original.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="detections">What the queries found; may be none.</param>
    /// <param name="maps">The maps; those of queries that are not among the detections are passed over.</param>
    /// <exception cref="ArgumentException">A map is of another size, or has a number that is not finite.</exception>
    public static Html Of(RgbImage image, MapPlacement placement, IReadOnlyList<Detection> detections, IReadOnlyList<ExplainedMap> maps)
    {
        HashSet<int> queries = [.. detections.Select(detection => detection.Query)];
        ExplainedMap[] shown = [.. maps.Where(map => queries.Contains(map.Query))];
        RgbImage photograph = new FigurePicture(image, Math.Clamp(Math.Max(image.Width, image.Height), SmallestSide, LargestSide)).Image;
        return shown.Length == 0
            ? Html.Of($"<p class=\"notice\">No query that found something has a map, so there is nothing to lay over the photograph.</p>{ReportParts.Picture(photograph, Html.Empty)}")
            : Html.Of($"""
                <div class="maps"><div>{ReportParts.Picture(photograph, Html.Of($"<noscript>Maps are laid over the photograph by a script, which is switched off here.</noscript>"))}</div><form></form><div class="sheet"></div>
                <script type="application/json">{Html.Trusted(Data(image, placement, detections, shown))}</script></div>
                """);
    }

    /// <summary>What the page's script reads, as JSON in which no text can end the element around it.</summary>
    private static string Data(RgbImage image, MapPlacement placement, IReadOnlyList<Detection> detections, ExplainedMap[] maps)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            MapGridJson.Write(json, image, placement, ColorMaps.Ember, ColorMaps.Diverging);
            json.WriteStartArray("queries");
            foreach (Detection detection in detections.Where(detection => Array.Exists(maps, map => map.Query == detection.Query)))
            {
                json.WriteStartObject();
                WriteProperties(json, detection);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("maps");
            foreach (ExplainedMap map in maps)
            {
                Write(json, map, placement);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes what pages say of a detection into an object that was begun.</summary>
    internal static void WriteProperties(Utf8JsonWriter json, Detection detection)
    {
        json.WriteNumber("query", detection.Query);
        json.WriteString("label", detection.Label);
        json.WriteNumber("score", detection.Score);
        MapGridJson.WriteNumbers(json, "box", [detection.X0, detection.Y0, detection.X1, detection.Y1]);
    }

    /// <summary>A map's cells that are not padding, as bytes from its scale's low end to its high one.</summary>
    private static void Write(Utf8JsonWriter json, ExplainedMap map, MapPlacement placement)
    {
        placement.Require(map.Values.Span);
        MapScale scale = MapScale.Of(map.Values.Span);
        byte[] levels = new byte[placement.PictureRows * placement.PictureColumns];
        for (int i = 0; i < levels.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, placement.PictureColumns);
            float value = map.Values.Span[(row * placement.Columns) + column];
            levels[i] = float.IsFinite(value)
                ? (byte)Math.Round(scale.Share(value) * byte.MaxValue)
                : throw new ArgumentException($"The map {map.Description} of query {map.Query} has a value that is not a finite number.", nameof(map));
        }

        json.WriteStartObject();
        json.WriteNumber("query", map.Query);
        json.WriteString("method", map.Description.Method);
        if (map.Description.Layer is { } layer)
        {
            json.WriteNumber("layer", layer);
        }

        if (map.Description.Head is { } head)
        {
            json.WriteNumber("head", head);
        }

        json.WriteNumber("low", scale.Low);
        json.WriteNumber("high", scale.High);
        json.WriteString("colors", scale.Colors.Name);
        json.WriteBase64String("values", levels);
        json.WriteEndObject();
    }
}
