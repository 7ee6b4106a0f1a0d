using System.CommandLine;

namespace Detr.Cli;

/// <summary>Options that say from which score on a detection counts.</summary>
internal static class ThresholdOption
{
    /// <summary>That of an evaluation, which looks at one threshold beside AP.</summary>
    internal static Option<double?> Create() => new("--threshold")
    {
        Description = "The least score that counts as found, for precision, recall, confusion and errors; that of the highest F1 unless given. AP needs none.",
    };

    /// <summary>The least score of detections that are shown.</summary>
    /// <exception cref="InputException">It is not a number from 0 to 1.</exception>
    internal static float Read(ParseResult parsed, Option<float> option)
    {
        float least = parsed.GetValue(option);
        return least is >= 0 and <= 1 ? least : throw new InputException($"--threshold {least} is not a number from 0 to 1.");
    }
}
