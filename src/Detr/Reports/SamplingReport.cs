using Detr.Explain;
using Detr.Imaging;

namespace Detr.Reports;

/// <summary>The page of a photograph that a model with deformable attention looked at: what was found, the points that it sampled to lay over it, and figures.</summary>
public static class SamplingReport
{
    /// <summary>Puts the page together.</summary>
    /// <param name="title">Its title, such as the photograph's name.</param>
    /// <param name="image">The upright original.</param>
    /// <param name="explanation">What was found, and the points; of at least one query.</param>
    /// <param name="figures">Pictures with what they show; may be none.</param>
    /// <exception cref="ArgumentException">There is no query, or a point or weight is not a finite number.</exception>
    public static ReportPage Of(string title, RgbImage image, SamplingExplanation explanation, IReadOnlyList<(string Caption, RgbImage Figure)> figures)
    {
        Detection[] explained = [.. explanation.Queries.Select(query => explanation.Detections[query.Query]).OrderByDescending(detection => detection.Score)];
        string levels = string.Join(", ", explanation.Levels.Select(level => $"{level.Height} × {level.Width}"));
        List<ReportSection> sections =
        [
            new("Points", SamplingExplorer.Of(image, explanation))
            {
                Note = Html.Of($"Where the object query of each answer samples the picture, and in the encoder the cell in the middle of its box. Choose a query, by its box too, then a layer, a head and a level; a weight appears under the pointer. Colour and area of a dot say its weight, of which a head has 1 in each layer; the cross, or the thin box, is what the points are placed by."),
            },
            ExplainReport.Answers(image, explained),
        ];
        if (figures.Count > 0)
        {
            sections.Add(ExplainReport.Figures(figures));
        }

        return new ReportPage(title, Html.Of($"{image.Width} × {image.Height} pixels, {ExplainReport.Counted(explained.Length, "explained answer")}; the model samples points on levels of {levels} cells."), sections) { HasMaps = true };
    }
}
