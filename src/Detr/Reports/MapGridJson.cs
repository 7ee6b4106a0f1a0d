using System.Text.Json;
using Detr.Explain;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>What the page's scripts have to know in order to lay a map over its photograph.</summary>
internal static class MapGridJson
{
    /// <summary>Writes the picture's size, the cells and the colours.</summary>
    internal static void Write(Utf8JsonWriter json, RgbImage image, MapPlacement placement, params ReadOnlySpan<ColorMap> colors)
    {
        WriteNumbers(json, "size", [image.Width, image.Height]);
        WriteNumbers(json, "model", [placement.ModelWidth, placement.ModelHeight]);
        WriteNumbers(json, "cells", [placement.PictureColumns, placement.PictureRows]);
        json.WriteNumber("stride", placement.Stride);
        WriteColors(json, colors);
    }

    /// <summary>Writes the colours that stand for numbers, three bytes each.</summary>
    internal static void WriteColors(Utf8JsonWriter json, params ReadOnlySpan<ColorMap> colors)
    {
        json.WriteStartObject("colors");
        foreach (ColorMap map in colors)
        {
            json.WriteBase64String(map.Name, map.Colors.ToArray().SelectMany(color => (byte[])[color.R, color.G, color.B]).ToArray());
        }

        json.WriteEndObject();
    }

    /// <summary>Writes numbers under a name.</summary>
    internal static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<float> numbers)
    {
        json.WriteStartArray(name);
        foreach (float number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
