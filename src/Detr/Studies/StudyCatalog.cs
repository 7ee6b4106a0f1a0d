namespace Detr.Studies;

/// <summary>All studies.</summary>
public static class StudyCatalog
{
    /// <summary>The studies, in the order in which one reads them.</summary>
    public static IReadOnlyList<IStudy> All { get; } =
    [
        new LayersStudy(),
        new QueriesStudy(),
        new SelfAttentionStudy(),
        new AuxiliaryLossesStudy(),
        new PositionStudy(),
        new LossesStudy(),
        new SpecialisationStudy(),
        new AnchorsStudy(),
        new MatchingStudy(),
        new ConvergenceStudy(),
        new HeadsStudy(),
        new ExplanationsStudy(),
    ];

    /// <summary>The study of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Null when there is none.</returns>
    public static IStudy? Find(string name) => All.FirstOrDefault(study => study.Name == name);
}
