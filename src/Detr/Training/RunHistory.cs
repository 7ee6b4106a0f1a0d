using System.Text.Json;

namespace Detr.Training;

/// <summary>A run's log as numbers: for each epoch, values by name.</summary>
public sealed class RunHistory
{
    private RunHistory(IReadOnlyList<IReadOnlyDictionary<string, double>> epochs) => Epochs = epochs;

    /// <summary>A run without an epoch.</summary>
    public static RunHistory Empty { get; } = new([]);

    /// <summary>The names of COCO's figures here; in the log, they are one array.</summary>
    public static IReadOnlyList<string> FigureNames { get; } =
        ["AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge"];

    /// <summary>The names of panoptic quality here, over all categories, over things and over stuff; in the log, they are objects.</summary>
    public static IReadOnlyList<string> PanopticNames { get; } = RunLog.PanopticKeys;

    /// <summary>What stands before a figure's name where it is of the averaged weights.</summary>
    public const string AveragedPrefix = "averaged_";

    /// <summary>
    /// The epochs, in the order in which they were trained. Names are the log's own and, where an epoch was evaluated,
    /// <see cref="FigureNames"/> or <see cref="PanopticNames"/>, and the same with <see cref="AveragedPrefix"/>; figures without ground truth are left out.
    /// </summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Epochs { get; }

    /// <summary>All names, sorted, with those of COCO's figures last and in their order.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. Epochs.SelectMany(epoch => epoch.Keys).Distinct(StringComparer.Ordinal).Except(FigureNames, StringComparer.Ordinal).Order(StringComparer.Ordinal),
        .. FigureNames.Where(name => Epochs.Any(epoch => epoch.ContainsKey(name))),
    ];

    /// <summary>Reads a log.</summary>
    /// <param name="path">The run's <c>log.txt</c>: one JSON object an epoch, in the reference's keys.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is not a JSON object.</exception>
    public static RunHistory Read(string path)
        => new([.. File.ReadLines(path).Where(line => line.Length > 0).Select((line, index) => Values(Parse(line, path, index)))]);

    /// <summary>The epochs that have a value, with it.</summary>
    /// <param name="name">The value's name.</param>
    public (double[] Epochs, double[] Values) Series(string name) => Highest(name);

    /// <summary>The epochs that have any of some values, with the highest of them.</summary>
    /// <param name="names">The values' names.</param>
    public (double[] Epochs, double[] Values) Highest(params IReadOnlyList<string> names)
    {
        List<double> epochs = [], values = [];
        foreach ((int index, IReadOnlyDictionary<string, double> epoch) in Epochs.Index())
        {
            double[] known = [.. names.Where(epoch.ContainsKey).Select(name => epoch[name])];
            if (known.Length > 0)
            {
                epochs.Add(epoch.GetValueOrDefault("epoch", index));
                values.Add(known.Max());
            }
        }

        return ([.. epochs], [.. values]);
    }

    private static Dictionary<string, double> Values(JsonElement line)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (JsonProperty property in line.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Number)
            {
                values[property.Name] = property.Value.GetDouble();
            }
            else if (property.Value.ValueKind == JsonValueKind.Object && PanopticName(property.Name) is { } panoptic && property.Value.TryGetProperty("pq", out JsonElement quality) && quality.ValueKind == JsonValueKind.Number)
            {
                values[panoptic] = quality.GetDouble();
            }
            else if (Prefix(property.Name) is { } prefix && property.Value.ValueKind == JsonValueKind.Array)
            {
                foreach ((string name, JsonElement figure) in FigureNames.Zip(property.Value.EnumerateArray()))
                {
                    // The log says −1 where there is nothing to find.
                    if (figure.ValueKind == JsonValueKind.Number && figure.GetDouble() is var number and >= 0)
                    {
                        values[prefix + name] = number;
                    }
                }
            }
        }

        return values;
    }

    /// <summary>What panoptic quality is called that an object of the log holds; null where it holds something else.</summary>
    private static string? PanopticName(string key)
        => PanopticNames.SelectMany(name => new[] { name, AveragedPrefix + name }).FirstOrDefault(name => key == $"test_{name}");

    /// <summary>What the figures of an array are called by before their names; null where it is another array.</summary>
    private static string? Prefix(string key) => key switch
    {
        RunLog.FiguresKey => string.Empty,
        RunLog.AveragedFiguresKey => AveragedPrefix,
        _ => null,
    };

    private static JsonElement Parse(string line, string path, int index)
    {
        try
        {
            JsonElement element = JsonElement.Parse(line);
            return element.ValueKind == JsonValueKind.Object ? element : throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"Line {index + 1} of {path} is not a JSON object; was it cut off?", error);
        }
    }
}
