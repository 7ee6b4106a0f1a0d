using System.Text.Json;
using System.Text.Json.Serialization;

namespace Detr.Data;

/// <summary>A mask in COCO's JSON, as it stands there: polygons, runs, or runs as compressed text.</summary>
[JsonConverter(typeof(Skipping))]
internal sealed class CocoSegmentation
{
    private readonly double[][] _polygons = [];
    private readonly int[] _size = [];
    private readonly int[] _runs = [];
    private readonly string? _text;
    private readonly bool _hasRuns;

    /// <summary>Takes a mask over.</summary>
    /// <param name="json">The value of <c>segmentation</c>.</param>
    /// <exception cref="InvalidDataException">It is none of the three; the message ends a sentence that names the object.</exception>
    internal CocoSegmentation(JsonElement json)
    {
        try
        {
            switch (json.ValueKind)
            {
                case JsonValueKind.Array:
                    _polygons = [.. json.EnumerateArray().Select(polygon => polygon.EnumerateArray().Select(number => number.GetDouble()).ToArray())];
                    break;
                case JsonValueKind.Object:
                    _hasRuns = true;
                    _size = [.. json.GetProperty("size").EnumerateArray().Select(number => number.GetInt32())];
                    JsonElement counts = json.GetProperty("counts");
                    _text = counts.ValueKind == JsonValueKind.String ? counts.GetString() : null;
                    _runs = _text is null ? [.. counts.EnumerateArray().Select(number => number.GetInt32())] : [];
                    break;
                default:
                    throw new InvalidDataException("has no segmentation, so masks cannot be scored");
            }
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException("has a segmentation that is neither polygons nor runs", error);
        }
    }

    /// <summary>Reads a mask.</summary>
    /// <param name="json">The value of <c>segmentation</c>.</param>
    /// <param name="height">The picture's rows.</param>
    /// <param name="width">The picture's columns.</param>
    /// <exception cref="InvalidDataException">It is none of the three, or is of another size; the message ends a sentence that names the object.</exception>
    internal static RunLengthMask Read(JsonElement json, int height, int width)
    {
        CheckSides(height, width);
        return new CocoSegmentation(json).ToMask(height, width);
    }

    /// <summary>The mask in its picture.</summary>
    /// <param name="height">The picture's rows.</param>
    /// <param name="width">The picture's columns.</param>
    /// <exception cref="InvalidDataException">It is damaged or of another size; the message ends a sentence that names the object.</exception>
    internal RunLengthMask ToMask(int height, int width)
    {
        CheckSides(height, width);
        if (!_hasRuns)
        {
            return _polygons.Length == 0
                ? RunLengthMask.FromRuns(height, width, [])
                : RunLengthMask.Union([.. _polygons.Select(polygon => PolygonMask.Fill(height, width, polygon))]);
        }

        if (_size is not [int rows, int columns] || rows != height || columns != width)
        {
            throw new InvalidDataException($"has a mask of {string.Join(" × ", _size)} pixels in a picture of {height} × {width}");
        }

        return _text is null ? RunLengthMask.FromRuns(height, width, _runs) : RunLengthText.Parse(height, width, _text);
    }

    private static void CheckSides(int height, int width)
    {
        if (height < 1 || width < 1)
        {
            throw new InvalidDataException($"is of a picture of {height} × {width} pixels, which cannot be");
        }
    }

    /// <summary>Passes masks over: they are most of a file, and boxes need none.</summary>
    internal sealed class Skipping : JsonConverter<CocoSegmentation>
    {
        /// <inheritdoc/>
        public override CocoSegmentation? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            // The serializer has read the whole value already, so that nothing is missing to pass over.
            _ = reader.TrySkip();
            return null;
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, CocoSegmentation value, JsonSerializerOptions options) => throw new NotSupportedException();
    }

    /// <summary>Keeps masks; those that are none of the three become null.</summary>
    internal sealed class Keeping : JsonConverter<CocoSegmentation>
    {
        /// <inheritdoc/>
        public override CocoSegmentation? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            JsonElement json = JsonElement.ParseValue(ref reader);
            try
            {
                return new CocoSegmentation(json);
            }
            catch (InvalidDataException)
            {
                return null;
            }
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, CocoSegmentation value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
