using System.CommandLine;
using System.Globalization;

namespace Detr.Cli.Training;

/// <summary>What decides a run's numbers, by option, whether it was given or chosen: kept in its checkpoint, and compared when it goes on.</summary>
internal static class RunSettings
{
    /// <summary>How many pictures there are, which is no option.</summary>
    internal const string Pictures = "pictures";

    // The place in an epoch counts batches of an order that these decide.
    private static readonly string[] Fixed = ["--seed", "--batch-size", Pictures];

    // A run is made longer on purpose, and what nobody gave moves with its length.
    private static readonly string[] Length = ["--epochs", "--minutes"];
    private static readonly string[] OfLength = ["--lr-drop", "--warmup-steps"];

    /// <summary>Settings as they are kept.</summary>
    /// <param name="options">Each option with its value; null for none.</param>
    internal static Dictionary<string, string> Of(IEnumerable<(Option Option, object? Value)> options)
        => options.ToDictionary(pair => pair.Option.Name, pair => Text(pair.Value), StringComparer.Ordinal);

    /// <summary>A value as it is kept.</summary>
    internal static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text.ToLowerInvariant() : "none";

    /// <summary>Compares what a run has had so far with what it is to go on with; of what only one of them names nothing is said.</summary>
    /// <returns>A sentence about what differs and may; null for nothing.</returns>
    /// <exception cref="InputException">Something differs that must not.</exception>
    internal static string? Compare(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        string[] changed = [.. now.Keys.Where(name => before.TryGetValue(name, out string? value) && value != now[name])];
        if (Fixed.FirstOrDefault(name => changed.Contains(name, StringComparer.Ordinal)) is { } wrong)
        {
            throw new InputException(
                $"The run was begun with {Named(wrong, before[wrong])}, and not with {now[wrong]}: its place in the epoch would be another; resume with what it was begun with, or begin anew with --pretrained.");
        }

        string[] told = [.. changed.Except(Length, StringComparer.Ordinal).Except(changed.Intersect(Length, StringComparer.Ordinal).Any() ? OfLength : [], StringComparer.Ordinal)];
        return told.Length == 0
            ? null
            : $"The run goes on with other options than it has had so far: {string.Join(", ", told.Select(name => $"{name} {now[name]} (was {before[name]})"))}; its numbers will be others than without the change.";
    }

    private static string Named(string name, string value) => name == Pictures ? $"{value} {name}" : $"{name} {value}";
}
