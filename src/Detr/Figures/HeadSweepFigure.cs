using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>A sweep over heads: a column for each number of heads that are off, above what is then found, below what speaks for each object of the whole model.</summary>
public static class HeadSweepFigure
{
    private const int Side = 170;
    private const int MostObjects = 12;

    /// <summary>Draws the figure.</summary>
    /// <param name="image">The upright original; left as it is.</param>
    /// <param name="placement">Where the maps' cells lie on it.</param>
    /// <param name="sweep">The sweep; of many objects, the surest are shown.</param>
    /// <exception cref="ArgumentException">The sweep is of another picture.</exception>
    public static RgbImage Draw(RgbImage image, MapPlacement placement, HeadSweep sweep)
    {
        FigurePicture photograph = new(image, Side);
        List<IReadOnlyList<PanelGrid.Panel>> rows = [[.. sweep.Steps.Select(step => Found(photograph, step, sweep.Request))]];
        for (int i = 0; i < Math.Min(sweep.Objects.Count, MostObjects); i++)
        {
            rows.Add([.. sweep.Steps.Select(step => Looked(photograph, placement, sweep.Objects[i], step.Detections[sweep.Objects[i].Query], step.Scores[i], step.Maps[i].Values))]);
        }

        (string whom, string below) = sweep.Request.Query is { } query
            ? (FormattableString.Invariant($"for query {query} alone"), "the query's answer in the whole model")
            : ("for all queries", "each object that the whole model found, for the class that it found");
        string shown = sweep.Objects.Count > MostObjects ? FormattableString.Invariant($"\nthe {MostObjects} surest of {sweep.Objects.Count} objects") : string.Empty;
        return PanelGrid.Draw(
            $"Heads off in every layer's {sweep.Request.Kind.Title()}, {whom}\nabove: what is found; below: {sweep.Request.Method.Name} of {below}{shown}",
            rows, FigureText.EachScale(sweep.Request.Method.Name), [(PanelGrid.BoxColor, "box of the query with these heads off")]);
    }

    /// <summary>Such as <c>heads 0-3 off</c>.</summary>
    internal static string Name(int off) => off switch
    {
        0 => "all heads on",
        1 => "head 0 off",
        _ => FormattableString.Invariant($"heads 0-{off - 1} off"),
    };

    private static PanelGrid.Panel Found(FigurePicture photograph, HeadSweepStep step, HeadSweepRequest request)
    {
        FigurePicture picture = photograph.Copy();
        Detection[] sure = [.. step.Detections.Where(detection => detection.Score >= request.Threshold)];
        foreach (Detection detection in sure)
        {
            picture.Box(detection, Palette.ForIndex(Math.Max(0, detection.LabelId)));
        }

        return new(picture.Image, FormattableString.Invariant($"{Name(step.Off)}\n{sure.Length} found at {request.Threshold:0.0#} and more"));
    }

    private static PanelGrid.Panel Looked(FigurePicture photograph, MapPlacement placement, Detection whole, Detection now, float score, ReadOnlySpan<float> map)
    {
        MapScale scale = MapScale.Of(map);
        string other = now.LabelId == whole.LabelId ? string.Empty : FormattableString.Invariant($"\nrather {FigureText.Label(now)} {now.Score:0.00}");
        return new(
            photograph.Copy().Under(map, placement, scale).Box(now, PanelGrid.BoxColor).Image,
            $"{FigureText.Name(whole with { Score = score })}\n{FigureText.Largest(scale)}{other}");
    }
}
