namespace Detr.Cli;

/// <summary>What was asked of a command about many pictures.</summary>
/// <param name="Files">The pictures.</param>
/// <param name="Threshold">The least score.</param>
/// <param name="Detector">How the model sees them.</param>
/// <param name="Json">Where JSON goes; null for nowhere.</param>
/// <param name="Output">The folder for pictures; null for none.</param>
internal sealed record PicturesRequest(IReadOnlyList<string> Files, float Threshold, DetectorOptions Detector, string? Json, string? Output)
{
    /// <summary>Whether there are threads enough to read a picture while another is worked on.</summary>
    internal bool ReadsAhead => (Detector.Threads ?? Environment.ProcessorCount) > 1;

    /// <summary>Whether results are printed for people, since standard output is not JSON's.</summary>
    internal bool Prints => Json != JsonTarget.StandardOutput;
}
