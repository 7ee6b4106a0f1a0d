namespace Detr.Data.Evaluation;

/// <summary>The panoptic quality of a data set's predictions.</summary>
/// <param name="All">Over all categories.</param>
/// <param name="Things">Over those that are things.</param>
/// <param name="Stuff">Over those that are stuff.</param>
/// <param name="PerCategory">Each category's own, in the order in which they were given.</param>
public sealed record PanopticSummary(PanopticQuality All, PanopticQuality Things, PanopticQuality Stuff, IReadOnlyList<PanopticCategoryQuality> PerCategory)
{
    /// <summary>The three means by the names that COCO's program gives them.</summary>
    public IReadOnlyList<(string Name, PanopticQuality Quality)> Figures => [(nameof(All), All), (nameof(Things), Things), (nameof(Stuff), Stuff)];
}
