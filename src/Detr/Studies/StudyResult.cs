namespace Detr.Studies;

/// <summary>What a study found.</summary>
/// <param name="Tables">Its numbers; at least one table.</param>
/// <param name="Finding">What they say, in one paragraph made of the numbers, beside what the paper's say.</param>
/// <param name="Figures">Pictures of them.</param>
public sealed record StudyResult(IReadOnlyList<StudyTable> Tables, string Finding, IReadOnlyList<StudyFigure> Figures)
{
    /// <summary>A result of one table and one figure.</summary>
    /// <param name="table">The numbers.</param>
    /// <param name="finding">What they say.</param>
    /// <param name="figure">A picture of them.</param>
    public StudyResult(StudyTable table, string finding, StudyFigure figure)
        : this([table], finding, [figure])
    {
    }
}
