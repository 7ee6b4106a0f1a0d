namespace Detr.Models;

/// <summary>What a download may take.</summary>
public sealed record DownloadLimits
{
    /// <summary>How long the server may be silent, before its answer and between two pieces of it.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes that a file may have. The default is four times the largest published file.</summary>
    public long FileBytes { get; init; } = 1L << 30;
}
