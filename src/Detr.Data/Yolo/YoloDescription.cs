using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Detr.Data;

/// <summary>
/// What a YOLO data set's <c>data.yaml</c> says. The file is read event by event and only for the keys below: nothing is
/// constructed from it, and aliases are never expanded, so that no file can grow in memory.
/// </summary>
/// <param name="Path">The yaml file.</param>
/// <param name="Categories">The classes by number; null where the file names none.</param>
/// <param name="Root">What the splits' paths are relative to, as the file says it; null for the file's own folder.</param>
/// <param name="Splits">Folders of pictures, or lists of pictures, of each split.</param>
/// <param name="KeypointValues">How many numbers of keypoints follow each box; 0 where labels are boxes or polygons.</param>
internal sealed record YoloDescription(
    string Path, IReadOnlyList<Category>? Categories, string? Root, IReadOnlyDictionary<string, IReadOnlyList<string>> Splits, int KeypointValues)
{
    private const int MostBytes = 1 << 20;
    private const int DeepestNesting = 16;
    private const int MostClasses = 1 << 16;
    private const string NamesKey = "names";
    private static readonly string[] SplitKeys = ["train", "val", "test"];

    /// <summary>Reads a file.</summary>
    /// <returns>What it says, or null where it speaks of no data set.</returns>
    /// <exception cref="InvalidDataException">It is no yaml, or says something impossible.</exception>
    internal static YoloDescription? Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw new InvalidDataException($"{path} is larger than a description of a data set can be; give the data.yaml that names train, val and names.");
        }

        try
        {
            using StreamReader reader = File.OpenText(path);
            return Read(path, new Parser(reader));
        }
        catch (YamlException error)
        {
            throw new InvalidDataException($"{path}, line {error.Start.Line}, is not a data set's yaml ({error.Message.TrimEnd('.')}); correct that line.", error);
        }
    }

    private static YoloDescription? Read(string path, Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out _))
        {
            return null;
        }

        List<Category>? names = null;
        Dictionary<string, IReadOnlyList<string>> splits = new(StringComparer.Ordinal);
        (string? root, int? count, int keypoints) = (null, null, 0);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            string key = parser.Consume<Scalar>().Value;
            switch (key)
            {
                case "path":
                    root = Text(parser);
                    break;
                case "nc":
                    count = Number(parser);
                    break;
                case NamesKey:
                    names = Names(parser);
                    break;
                case "kpt_shape":
                    keypoints = checked(Texts(parser).Aggregate(1, (product, text) => product * Number(text, parser)));
                    break;
                default:
                    if (SplitKeys.Contains(key))
                    {
                        splits[key] = Texts(parser);
                    }
                    else
                    {
                        Skip(parser);
                    }

                    break;
            }
        }

        if (names is null && splits.Count == 0)
        {
            return null;
        }

        if (names is not null && count is { } said && said != names.Count)
        {
            throw new InvalidDataException($"{path} has {names.Count} names, but says nc: {said}; correct one of them.");
        }

        names ??= count is { } classes ? [.. Enumerable.Range(0, classes).Select(id => new Category(id, $"class {id}"))] : null;
        return new YoloDescription(path, names, root, splits, keypoints);
    }

    /// <summary>The value of <c>names</c>: a list, whose numbers are places, or a map from numbers, which may have gaps.</summary>
    private static List<Category> Names(Parser parser)
    {
        if (parser.TryConsume<SequenceStart>(out _))
        {
            return [.. Rest(parser).Select((name, id) => new Category(id, name))];
        }

        parser.Consume<MappingStart>();
        SortedDictionary<int, string> names = [];
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar key = parser.Consume<Scalar>();
            if (!names.TryAdd(Number(key.Value, parser), Text(parser) ?? string.Empty))
            {
                throw new YamlException(key.Start, key.End, $"class {key.Value} has two names");
            }
        }

        return [.. names.Select(pair => new Category(pair.Key, pair.Value))];
    }

    private static List<string> Texts(Parser parser)
        => parser.TryConsume<SequenceStart>(out _) ? Rest(parser) : Text(parser) is { } only ? [only] : [];

    private static List<string> Rest(Parser parser)
    {
        List<string> values = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            values.Add(parser.Consume<Scalar>().Value);
        }

        return values;
    }

    /// <summary>One value; null for an empty one, which yaml writes as nothing, ~ or null.</summary>
    private static string? Text(Parser parser)
    {
        Scalar scalar = parser.Consume<Scalar>();
        return scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" ? null : scalar.Value;
    }

    private static int Number(Parser parser) => Number(Text(parser) ?? string.Empty, parser);

    private static int Number(string text, Parser parser) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= MostClasses
        ? value
        : throw new YamlException(parser.Current!.Start, parser.Current.End, $"'{text}' is not a whole number from 0 to {MostClasses}");

    /// <summary>Passes over one value, whatever lies in it.</summary>
    private static void Skip(Parser parser)
    {
        int depth = 0;
        do
        {
            ParsingEvent next = parser.Consume<ParsingEvent>();
            depth += next.NestingIncrease;
            if (depth > DeepestNesting)
            {
                throw new YamlException(next.Start, next.End, $"values are nested deeper than {DeepestNesting}");
            }
        }
        while (depth > 0);
    }
}
