using System.Text.Json;

namespace Detr.Data;

/// <summary>A mask in COCO's JSON: polygons, runs, or runs as compressed text.</summary>
internal static class CocoSegmentation
{
    /// <summary>Reads a mask.</summary>
    /// <param name="json">The value of <c>segmentation</c>.</param>
    /// <param name="height">The picture's rows.</param>
    /// <param name="width">The picture's columns.</param>
    /// <exception cref="InvalidDataException">It is none of the three, or is of another size; the message ends a sentence that names the object.</exception>
    internal static RunLengthMask Read(JsonElement json, int height, int width)
    {
        if (height < 1 || width < 1)
        {
            throw new InvalidDataException($"is of a picture of {height} × {width} pixels, which cannot be");
        }

        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.Array when json.GetArrayLength() > 0 => RunLengthMask.Union([.. json.EnumerateArray().Select(polygon => PolygonMask.Fill(height, width, Numbers(polygon)))]),
                JsonValueKind.Array => RunLengthMask.FromRuns(height, width, []),
                JsonValueKind.Object => Runs(json, height, width),
                _ => throw new InvalidDataException("has no segmentation, so masks cannot be scored"),
            };
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException("has a segmentation that is neither polygons nor runs", error);
        }
    }

    private static RunLengthMask Runs(JsonElement json, int height, int width)
    {
        int[] size = [.. json.GetProperty("size").EnumerateArray().Select(number => number.GetInt32())];
        if (size is not [int rows, int columns] || rows != height || columns != width)
        {
            throw new InvalidDataException($"has a mask of {string.Join(" × ", size)} pixels in a picture of {height} × {width}");
        }

        JsonElement counts = json.GetProperty("counts");
        return counts.ValueKind == JsonValueKind.String
            ? RunLengthText.Parse(height, width, counts.GetString()!)
            : RunLengthMask.FromRuns(height, width, [.. counts.EnumerateArray().Select(number => number.GetInt32())]);
    }

    private static double[] Numbers(JsonElement polygon) => [.. polygon.EnumerateArray().Select(number => number.GetDouble())];
}
