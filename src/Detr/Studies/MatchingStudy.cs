using Detr.Data;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;

namespace Detr.Studies;

/// <summary>What the Hungarian matcher assigned over a training: how often an object changes its query, and which queries get objects.</summary>
public sealed class MatchingStudy : IStudy
{
    private const int MostScenes = 400;
    private const int ObjectsShown = 4;

    /// <inheritdoc/>
    public string Name => "matching";

    /// <inheritdoc/>
    public string Question => "Does an object keep the query that it is matched to while a model learns?";

    /// <inheritdoc/>
    public string Paper =>
        "DETR's paper does not ask; Li et al. (DN-DETR, 2022, section 3.2 and figure 2) find that objects change queries from epoch to epoch, early most of all, and hold that for a reason why DETR learns slowly.";

    /// <inheritdoc/>
    public bool TrainsModels => true;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<(int Steps, DetrModel Model)> history = workshop.History(StudyArm.Base, cancellationToken);
        ShapesDataset all = workshop.TrainingScenes;
        ShapesDataset scenes = new(Math.Min(MostScenes, all.Count), workshop.Recipe.Seed, new ShapesOptions { Size = workshop.Recipe.Size });
        StudyResult result = Report([.. history.Select(moment => (moment.Steps, Match(workshop, moment.Model, moment.Steps, scenes, cancellationToken)))], history[0].Model.Options.Queries, scenes.Count);
        return result with { Figures = [Scene(workshop, history[^1].Model, cancellationToken), .. result.Figures] };
    }

    /// <summary>The result of matchings.</summary>
    /// <param name="moments">The matching of the same scenes after so many steps, upwards; at least two.</param>
    /// <param name="queries">How many queries there are.</param>
    /// <param name="scenes">How many scenes.</param>
    internal static StudyResult Report(IReadOnlyList<(int Steps, ObjectMatching Matching)> moments, int queries, int scenes)
    {
        double[][] shares = [.. moments.Select(moment => moment.Matching.Shares(queries))];
        double[] effective = [.. shares.Select(moment => Evenness.EffectiveCount(moment))];
        double?[] changed = [null, .. moments.Skip(1).Select((moment, i) => (double?)moment.Matching.ChangedShare(moments[i].Matching))];
        double?[] instability = [null, .. moments.Skip(1).Select((moment, i) => (double?)moment.Matching.Instability(moments[i].Matching))];
        double[] steps = [.. moments.Skip(1).Select(moment => (double)moment.Steps)];
        StudyTable stability = new(
            $"Matching of {scenes} training scenes with {moments[0].Matching.Objects} objects, against a tenth of the training before", "steps",
            [new("objects with another query", "P1"), new("instability, queries a scene", "F2"), new("queries in use, as many as", "F1")],
            [.. moments.Select((moment, i) => new StudyRow(FormattableString.Invariant($"{moment.Steps}"), changed[i], instability[i], effective[i]))]);
        StudyTable use = new(
            "Objects by query", "query", [new($"after {moments[0].Steps} steps", "P1"), new($"after {moments[^1].Steps} steps", "P1")],
            [.. Enumerable.Range(0, queries).OrderByDescending(query => shares[^1][query]).Select(query => new StudyRow(FormattableString.Invariant($"{query}"), shares[0][query], shares[^1][query]))]);
        return new StudyResult(
            [stability, use], Finding(moments, changed, instability, effective, queries, scenes),
            [
                new(
                    "stability", "Objects that the matcher gives to another query than a tenth of the training before",
                    StudyCharts.Lines(
                        "Objects with another query than a tenth of the training before", "steps", "share of objects",
                        ("at random", steps, [.. steps.Select(_ => 1 - (1.0 / queries))]), ("in training", steps, [.. changed.Skip(1).Select(share => share ?? 0)]))),
                new(
                    "queries", "The share of objects that each query has in the end",
                    StudyCharts.Bars("Objects of each query, percent", shares[^1].Select((share, query) => (FormattableString.Invariant($"query {query}"), 100 * share, 0)))),
            ]);
    }

    private static ObjectMatching Match(StudyWorkshop workshop, DetrModel model, int steps, ShapesDataset scenes, CancellationToken cancellationToken)
    {
        HungarianMatcher matcher = new();
        int[][] queries = new int[scenes.Count][];
        foreach ((DetectionBatch batch, DetrOutput output) in ScenePasses.Run(workshop, model, scenes, FormattableString.Invariant($"matching after {steps} steps"), null, cancellationToken))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                queries[batch.Indices[i]] = ObjectMatching.ByObject(matcher.Match(output, i, batch.Targets[i]));
            }
        }

        return new ObjectMatching(queries);
    }

    /// <summary>What pairs of query and object cost in one scene, and which are chosen, when training ends.</summary>
    private static StudyFigure Scene(StudyWorkshop workshop, DetrModel model, CancellationToken cancellationToken)
    {
        ShapesDataset scene = new(1, StudyWorkshop.ValidationSeed, new ShapesOptions { Size = workshop.Recipe.Size, FewestObjects = ObjectsShown, MostObjects = ObjectsShown });
        RgbImage picture = scene.Load(0);
        Detection[] objects =
        [
            .. scene.Annotations(0).Objects.Select(item => new Detection(0, item.Category, scene.Categories[item.Category].Name, 1, item.X0, item.Y0, item.X1, item.Y1)),
        ];
        HungarianMatcher matcher = new();
        double[] costs = new double[model.Options.Queries * objects.Length];
        RgbImage[] figures =
        [
            .. ScenePasses.Run(workshop, model, scene, "matching one scene", null, cancellationToken).Select(pass =>
            {
                (BoxTargets targets, DetrOutput output) = (pass.Batch.Targets[0], pass.Output);
                matcher.Costs(output, 0, targets, costs);
                return MatchingFigure.Draw(
                    picture, objects, PostProcess.Run(output, 0, picture.Width, picture.Height, workshop.Categories), costs,
                    matcher.Match(output, 0, targets));
            }),
        ];
        return new StudyFigure(
            "scene", "One scene when training ends: what it costs to take a query for an object, and the pairs that the Hungarian algorithm chooses", figures[0]);
    }

    private static string Finding(
        IReadOnlyList<(int Steps, ObjectMatching Matching)> moments, double?[] changed, double?[] instability, double[] effective, int queries, int scenes)
    {
        (double first, double last, double most) = (changed[1] ?? 0, changed[^1] ?? 0, 2.0 * moments[0].Matching.Objects / Math.Max(1, scenes));
        string trend = last < first / 2 ? "As DN-DETR's authors found for DETR, matching is unstable early and settles as the model learns"
            : last < first ? "Matching settles only in part" : "Matching does not settle";
        string end = last >= 0.01
            ? FormattableString.Invariant($"it has not come to rest when training ends, though the learning rate is next to nothing then: {100 * last:F0} % of objects still change their query in the last tenth")
            : "it has come to rest when training ends, where the learning rate is next to nothing";
        return FormattableString.Invariant(
            $"{trend}: between {moments[0].Steps} and {moments[1].Steps} steps {100 * first:F0} % of objects change their query (at random it would be {100 * (1 - (1.0 / queries)):F0} %), between {moments[^2].Steps} and {moments[^1].Steps} {100 * last:F1} %; {end}. By the paper's measure, queries with another object than before, that is {instability[1] ?? 0:F2} a scene and then {instability[^1] ?? 0:F2}, of at most {most:F2}. Objects go to as many as {effective[0]:F1} of {queries} queries after the first tenth, and {effective[^1]:F1} in the end.");
    }
}
