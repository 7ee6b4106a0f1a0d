namespace Detr.Data;

/// <summary>Something wrong with a data set.</summary>
/// <param name="Kind">What.</param>
/// <param name="FileName">The photograph.</param>
/// <param name="Description">One sentence that says what and where.</param>
public sealed record DatasetDefect(DefectKind Kind, string FileName, string Description)
{
    /// <summary>Whether one can train and evaluate in spite of it, without that object.</summary>
    public bool IsHarmless => Kind is DefectKind.NoArea or DefectKind.OutsideImage;
}
