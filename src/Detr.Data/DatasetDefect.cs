namespace Detr.Data;

/// <summary>Something wrong with a data set.</summary>
/// <param name="Kind">What.</param>
/// <param name="FileName">The photograph or file of annotations; empty where it is the whole data set.</param>
/// <param name="Description">One sentence, without its full stop, that says what and where.</param>
public sealed record DatasetDefect(DefectKind Kind, string FileName, string Description)
{
    /// <summary>Whether one can train and evaluate in spite of it, and nothing is lost but what the kind says.</summary>
    public bool IsHarmless => Kind >= DefectKind.NoArea;
}
