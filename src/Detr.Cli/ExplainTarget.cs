namespace Detr.Cli;

/// <summary>Where an explanation goes.</summary>
/// <param name="Json">The file of its JSON, or standard output by its name; null for none.</param>
/// <param name="Folder">The folder of its page and figures; null for none.</param>
internal sealed record ExplainTarget(string? Json, string? Folder)
{
    /// <summary>Whether sentences may stand on standard output.</summary>
    internal bool PrintsText => Json != JsonTarget.StandardOutput;
}
