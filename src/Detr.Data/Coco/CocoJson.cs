using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Detr.Data;

/// <summary>Reads COCO's JSON files as they stream by, and says where one is not what it should be.</summary>
internal static class CocoJson
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="format">The name of the format that was expected and what to do, for the end of the error's sentence.</param>
    /// <param name="lists">Its lists, which must not have holes.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not of the format.</exception>
    internal static T Read<T>(string path, JsonTypeInfo<T> type, string format, Func<T, IEnumerable<IEnumerable<object?>?>> lists)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            T contents = JsonSerializer.Deserialize(stream, type) ?? throw new JsonException();
            return lists(contents).Any(list => list?.Contains(null) == true) ? throw new InvalidDataException($"{path} has a null in one of its lists; it is not {format}.") : contents;
        }
        catch (JsonException error)
        {
            string place = error.LineNumber is { } line ? $", line {line + 1}{(error.Path is { Length: > 1 } where ? $" at {where}" : string.Empty)}," : string.Empty;
            throw new InvalidDataException($"{path}{place} is not {format}.", error);
        }
    }
}
