using Detr.Data;
using Detr.Figures;
using Detr.Models;

namespace Detr.Studies;

/// <summary>Where each object query's boxes lie and how large they are, over many scenes.</summary>
public sealed class SpecialisationStudy : IStudy
{
    // An even square has a spread of 1/√6 around its middle; a query of less than half of it has a place.
    private static readonly double EvenSpread = 1 / Math.Sqrt(6);

    /// <inheritdoc/>
    public string Name => "specialisation";

    /// <inheritdoc/>
    public string Question => "Has each object query a place and a size of box of its own?";

    /// <inheritdoc/>
    public string Paper =>
        "Every query learns places and sizes of its own, with several modes; nearly all have a mode for boxes as large as the picture, which are common in COCO (section 4.3, figure 7).";

    /// <inheritdoc/>
    public bool TrainsModels => false;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        (DetrModel model, _, string name) = workshop.Subject(cancellationToken);
        ShapesDataset scenes = workshop.Scenes(workshop.ValidationScenes, model.Options.Size);
        List<QueryBox> boxes = [];
        foreach ((DetectionBatch batch, DetrOutput output) in ScenePasses.Run(workshop, model, scenes, $"collecting boxes of {name}", null, cancellationToken))
        {
            boxes.AddRange(output.Boxes.ToArray().Chunk(4).Select((box, i) => new QueryBox(i % model.Options.Queries, box[0], box[1], box[2], box[3])));
        }

        return Report(name, boxes, model.Options.Queries);
    }

    /// <summary>The result of boxes.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="boxes">Every query's box in every scene, whatever its score, as in the paper's figure.</param>
    /// <param name="queries">How many queries there are.</param>
    internal static StudyResult Report(string name, IReadOnlyList<QueryBox> boxes, int queries)
    {
        IReadOnlyList<QuerySpecialization> rows = QuerySpecialization.Of(boxes, queries);
        StudyTable table = new(
            $"Each query's boxes in {boxes.Count / Math.Max(1, queries)} scenes, {name}", "query",
            [new("centre x"), new("centre y"), new("spread of centres"), new("small", "P0"), new("large, wide", "P0"), new("large, tall", "P0"), new("whole picture", "P1")],
            [.. rows.Select(row => new StudyRow(FormattableString.Invariant($"{row.Query}"), row.CentreX, row.CentreY, row.Spread, row.Small, row.Wide, row.Tall, row.Whole))]);
        return new StudyResult(
            table, Finding(rows),
            new StudyFigure("centres", "A square for each query, which stands for any scene: a dot at the centre of every box, green where it is small, red where large and wide, blue where large and tall", SpecializationFigure.Draw(boxes, queries)));
    }

    private static string Finding(IReadOnlyList<QuerySpecialization> rows)
    {
        double explained = QuerySpecialization.Explained(rows), median = rows.Select(row => row.Spread).Order().ElementAt(rows.Count / 2);
        int placed = rows.Count(row => row.Spread < EvenSpread / 2), oneShape = rows.Count(row => Math.Max(row.Small, Math.Max(row.Wide, row.Tall)) >= 0.9), whole = rows.Count(row => row.Whole > 0);
        string place = explained >= 0.5 ? "as in the paper, a query has a place" : "a query's place says less than in the paper's figure, where most dots of a query lie together";
        string shape = oneShape > rows.Count / 2 ? "most answer with one kind of box" : "most answer with several kinds of boxes, as the paper's do";
        string largest = whole == 0
            ? "None ever answers with a box as large as the picture, while nearly all of the paper's have that mode: no generated object is so large, while such objects are common in COCO."
            : FormattableString.Invariant($"{whole} of {rows.Count} answer with a box as large as the picture at times; nearly all of the paper's do, because such objects are common in COCO.");
        return FormattableString.Invariant(
            $"Which query it is explains {100 * explained:F0} % of the variance of boxes' centres, and half of the queries keep within a spread of {median:F3} of the picture's side (an even square has {EvenSpread:F3}); {placed} of {rows.Count} have less than half of that: {place}. {oneShape} of {rows.Count} queries give nine in ten of their boxes one of the three kinds; {shape}. {largest}");
    }
}
