using Detr.Data;
using Detr.Training;

namespace Detr.Studies;

/// <summary>How many object queries a model should have, and what happens where there are more objects than it has ever seen.</summary>
public sealed class QueriesStudy : IStudy
{
    // Training scenes have up to seven objects, and each of these needs a query; the base has twenty.
    private const int MostInTraining = 7;
    private const int MostInCrowds = 16;
    private static readonly int[] Counts = [7, 10, 20, 50, 100];

    /// <inheritdoc/>
    public string Name => "queries";

    /// <inheritdoc/>
    public string Question => "How many object queries should there be, where scenes have up to seven objects, and what is found where there are more?";

    /// <inheritdoc/>
    public string Paper =>
        "100 queries, far more than the objects of a picture, were taken and not varied; nearly all objects are found up to about 50 in one picture, and with 100 of them only some 30: the model begins to miss objects before it runs out of queries (appendix A.5, figure 12).";

    /// <inheritdoc/>
    public bool TrainsModels => true;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        List<(int Queries, EvaluationResult Usual, EvaluationResult Crowded)> arms = [];
        ShapesDataset crowds = workshop.Scenes(workshop.ValidationScenes, mostObjects: MostInCrowds);
        foreach (int count in Counts)
        {
            StudyArm arm = Arm(workshop, count);
            EvaluationResult usual = workshop.Evaluate(arm, cancellationToken);
            arms.Add((count, usual, ModelEvaluation.Evaluate(workshop.Train(arm, cancellationToken), workshop.Categories, crowds, null, workshop.Backend, null, cancellationToken)));
        }

        return Report(arms);
    }

    /// <summary>The result of evaluations.</summary>
    /// <param name="arms">Of models by their queries, upwards: on scenes as in training, and on crowded ones.</param>
    internal static StudyResult Report(IReadOnlyList<(int Queries, EvaluationResult Usual, EvaluationResult Crowded)> arms)
    {
        (double AsInTraining, double Crowded)[] found = [.. arms.Select(arm => (Found(arm.Crowded, 0, MostInTraining), Found(arm.Crowded, MostInTraining + 1, int.MaxValue)))];
        StudyTable table = new("Models by their object queries", "queries",
            [
                new("AP"), new("AP50"), new("AR100"), new("duplicates per 100 objects", "F1"),
                new($"found of up to {MostInTraining}"), new($"found of more than {MostInTraining}"),
            ],
            [.. arms.Select((arm, i) => new StudyRow(
                FormattableString.Invariant($"{arm.Queries}"), arm.Usual.Summary.AP, arm.Usual.Summary.AP50, arm.Usual.Summary.AR100, arm.Usual.DuplicatesPerHundred(),
                found[i].AsInTraining, found[i].Crowded))]);
        StudyFigure figure = new(
            "found", "The share of objects that are found, by how many there are in a scene; none had more than seven in training",
            StudyCharts.Lines("Objects found", "objects in a scene", "share of them found, at a score of 0.5", [.. arms.Select(arm => ByCount(arm.Queries, arm.Crowded))]));
        return new StudyResult(table, StudyText.IfLearnt(arms.Max(arm => arm.Usual.Precision()), Finding(arms, found)), figure);
    }

    private static string Finding(IReadOnlyList<(int Queries, EvaluationResult Usual, EvaluationResult Crowded)> arms, (double AsInTraining, double Crowded)[] found)
    {
        double[] precisions = [.. arms.Select(arm => arm.Usual.Precision())];
        double best = precisions.Max();
        int enough = arms[Array.FindIndex(precisions, precision => precision > best - StudyText.Noise)].Queries;
        double few = best - precisions[0], many = best - precisions[^1];
        string verdict = few >= StudyText.Noise
            ? $"With {arms[0].Queries} queries, as many as the fullest training scene has objects, AP is {StudyText.Points(few)} points below the best: a model needs queries to spare; {enough} are enough"
            : $"{arms[0].Queries} queries, as many as the fullest training scene has objects, are as good as any other number within what one training of each can tell";
        string price = many >= StudyText.Noise ? $", while {arms[^1].Queries} cost {StudyText.Points(many)} points, because more of them have to be told apart in the same time" : $", and {arms[^1].Queries} do no harm";
        return $"{verdict}{price}. {Crowds(arms, found)}";
    }

    /// <summary>What is found in crowds by the model that finds most elsewhere, of those that have a query for each object.</summary>
    private static string Crowds(IReadOnlyList<(int Queries, EvaluationResult Usual, EvaluationResult Crowded)> arms, (double AsInTraining, double Crowded)[] found)
    {
        int most = Enumerable.Range(0, arms.Count).Where(i => arms[i].Queries >= MostInCrowds).DefaultIfEmpty(arms.Count - 1).MaxBy(i => found[i].AsInTraining);
        (double usual, double crowded) = found[most];
        string model = $"Where there are more objects than training ever showed, up to {MostInCrowds}, the model of {arms[most].Queries} queries";
        return usual - crowded >= StudyText.Noise
            ? $"{model} finds {StudyText.Points(crowded)} % of them instead of {StudyText.Points(usual)} %: as in the paper, objects are missed before queries run out. That of {arms[0].Queries}, which has too few, finds {StudyText.Points(found[0].Crowded)} %."
            : $"{model} still finds {StudyText.Points(crowded)} % of them ({StudyText.Points(usual)} % otherwise): unlike the paper's, which misses objects before its queries run out.";
    }

    private static double Found(EvaluationResult result, int fewest, int most)
    {
        (int Found, int Objects)[] scenes = [.. result.FoundByScene().Where(scene => scene.Objects >= fewest && scene.Objects <= most)];
        return (double)scenes.Sum(scene => scene.Found) / Math.Max(1, scenes.Sum(scene => scene.Objects));
    }

    private static (string Name, double[] X, double[] Y) ByCount(int queries, EvaluationResult crowded)
    {
        int[] counts = [.. crowded.FoundByScene().Select(scene => scene.Objects).Where(objects => objects > 0).Distinct().Order()];
        return (FormattableString.Invariant($"{queries} queries"), [.. counts.Select(count => (double)count)], [.. counts.Select(count => Found(crowded, count, count))]);
    }

    private static StudyArm Arm(StudyWorkshop workshop, int queries) => queries == workshop.Recipe.Model(1).Queries
        ? StudyArm.Base
        : new StudyArm(FormattableString.Invariant($"queries-{queries}")) { Model = options => options with { Queries = queries } };
}
