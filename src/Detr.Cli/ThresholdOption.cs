using System.CommandLine;

namespace Detr.Cli;

/// <summary>The option that says from which score on a detection counts, where an evaluation looks at one threshold.</summary>
internal static class ThresholdOption
{
    internal static Option<double?> Create() => new("--threshold")
    {
        Description = "The least score that counts as found, for precision, recall, confusion and errors; that of the highest F1 unless given. AP needs none.",
    };
}
