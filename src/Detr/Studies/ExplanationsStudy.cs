using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;
using Detr.Models;

namespace Detr.Studies;

/// <summary>Which method explains best: maps held against true masks, and against what the model does without the cells that they point at.</summary>
public sealed class ExplanationsStudy : IStudy
{
    private const int BatchSize = 32;

    /// <inheritdoc/>
    public string Name => "explanations";

    /// <inheritdoc/>
    public string Question => "Which method's maps show best what a detection rests on?";

    /// <inheritdoc/>
    public string Paper =>
        "Chefer, Gur and Wolf (ICCV 2021) explain DETR with ResNet-50 on COCO's photographs; by the average precision of the masks that maps make, counted from an intersection over union of 0.20, relevance is ahead of raw attention, Grad-CAM, rollout, partial LRP and transformer attribution.";

    /// <inheritdoc/>
    public bool TrainsModels => false;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        (DetrModel model, IReadOnlyList<Category> categories, string name) = workshop.Subject(cancellationToken);
        ShapesDataset scenes = workshop.Scenes(workshop.ValidationScenes, model.Options.Size);
        MapPlacement placement = MapPlacement.Unpadded(model.Options.Backbone, model.Options.Size, model.Options.Size);
        SceneJudge judge = new(model, categories, scenes, workshop.Backend)
        {
            Perturbation = new PerturbationOptions { Counts = Counts(placement.Rows * placement.Columns), BatchSize = BatchSize },
        };
        JudgedSceneFile file = new(Path.Combine(Directory.CreateDirectory(Path.Combine(workshop.Folder, Name)).FullName, "scenes.jsonl"), JudgedSceneFile.Subject(model, judge));
        while (file.Scenes.Count < scenes.Count)
        {
            workshop.Progress?.Invoke(new StudyProgress("judging maps", (double)file.Scenes.Count / scenes.Count));
            file.Add(judge.Judge(file.Scenes.Count, cancellationToken));
        }

        JudgedScene[] judged = [.. file.Scenes.Take(scenes.Count)];
        IReadOnlyList<TrueObject>[] truth = [.. judged.Select(scene => judge.Truth(scene.Index))];
        MethodScore[] scores = [.. judge.Names.Select(method => MethodScore.Of(method, judged, truth, model.Options.Size))];
        int found = scores[0].Maps.Count, all = truth.Sum(objects => objects.Count);
        StudyTable worth = ExplanationTables.Worth($"{found} of {all} objects in {judged.Length} scenes, which {name} finds", scores);
        return found == 0
            ? new StudyResult([worth], $"{name} finds none of {all} objects with a score above 0.5, so that there is nothing to explain; it has to learn for longer.", [])
            : new StudyResult(
                [worth, ExplanationTables.Differences(scores)], ExplanationFinding.Of(scores, [.. judged.SelectMany(scene => scene.Objects).Select(item => item.Area)], placement.Stride),
                [
                    new("curves", "The mean score of an object while the most relevant cells are taken away, and while they come back", ExplanationFigures.Curves(scores)),
                    new("maps", "Maps of three objects by each method, with the masks that they make", ExplanationFigures.Examples(judge, scenes, judged)),
                ]);
    }

    /// <summary>After 1, 2, 4, 8 … cells, up to a quarter of them: objects are of few cells, and maps differ in the first.</summary>
    private static IReadOnlyList<int> Counts(int cells) => [.. Enumerable.Range(0, 31).Select(power => 1 << power).TakeWhile(count => count <= cells / 4)];
}
