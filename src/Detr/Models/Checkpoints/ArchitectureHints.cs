namespace Detr.Models;

/// <summary>
/// What tensors do not show of the model that they belong to. Files that <see cref="ModelFile.Save"/> wrote say it themselves;
/// weights from elsewhere may need to be told.
/// </summary>
public sealed record ArchitectureHints
{
    /// <summary>
    /// Whether the backbone's last stage is dilated (DC5). Unless given: what a config.json of Transformers beside the file or
    /// the arguments in a training checkpoint say, then what is known of published weights by the file's name, else not.
    /// </summary>
    public bool? Dilation { get; init; }

    /// <summary>
    /// Attention heads. Unless given: what a config.json of Transformers beside the file or the arguments in a training checkpoint
    /// say, else one for every 32 channels, as the published models have.
    /// </summary>
    public int? Heads { get; init; }
}
