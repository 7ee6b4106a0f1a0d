using System.Globalization;
using System.Text;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;
using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;
using Detr.Training;

namespace Detr.Studies;

/// <summary>
/// What studies work with: a folder in which every arm is trained once, however many studies ask for it and however often the process
/// ends on the way, and generated scenes. One thread at a time.
/// </summary>
public sealed class StudyWorkshop : IDisposable
{
    // No split shares a scene with another: their seeds differ.
    internal const ulong ValidationSeed = 1_000_003;

    // At most so many scenes follow each training, for the curves in its folder.
    private const int ScenesOfCurves = 50;
    private const string RecipeFile = "recipe.txt";

    private readonly Dictionary<(string Name, string Description), DetrModel> _trained = [];
    private readonly CpuBackend _backend;

    /// <summary>Opens a folder, or begins one.</summary>
    /// <param name="folder">The folder; made if it does not exist.</param>
    /// <param name="recipe">How its models are trained; must be that with which it was begun.</param>
    /// <param name="threads">Threads; all processors unless given.</param>
    /// <exception cref="InvalidDataException">The folder was begun with another recipe.</exception>
    /// <exception cref="ArgumentException">The recipe makes no sense.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public StudyWorkshop(string folder, StudyRecipe recipe, int? threads = null)
    {
        recipe.Check();
        (Folder, Recipe) = (folder, recipe);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, RecipeFile);
        string? begun = File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        if (begun is not null && begun != recipe.Text)
        {
            throw new InvalidDataException($"{folder} holds models of {begun}, and not of {recipe.Text}; study in another folder, or with the same numbers.");
        }

        if (begun is null)
        {
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes($"{recipe.Text}\n")));
        }

        _backend = new CpuBackend(threads);
    }

    /// <summary>The folder: models lie in <c>models/ARM</c>.</summary>
    public string Folder { get; }

    /// <summary>How models are trained.</summary>
    public StudyRecipe Recipe { get; }

    /// <summary>How many scenes a model is evaluated on, none of which it was trained on.</summary>
    public int ValidationScenes { get; init; } = 300;

    /// <summary>How often studies that repeat their trainings do them, each time with another seed; from 1.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>A file of weights to look into where a study needs no model of its own; null for the base arm.</summary>
    public string? WeightsFile { get; init; }

    /// <summary>Hears what is going on.</summary>
    public Action<StudyProgress>? Progress { get; init; }

    /// <summary>Where arithmetic is done.</summary>
    public IBackend Backend => _backend;

    /// <summary>What the classes of trained models are called.</summary>
    public IReadOnlyList<Category> Categories { get; } = new ShapesDataset(1, ValidationSeed, new ShapesOptions()).Categories;

    /// <summary>Scenes that no model was trained on.</summary>
    /// <param name="count">How many.</param>
    /// <param name="size">Pixels along each side; the recipe's unless given. Scenes are the same at any.</param>
    /// <param name="mostObjects">The most objects in a scene; as in training unless given.</param>
    public ShapesDataset Scenes(int count, int? size = null, int? mostObjects = null)
    {
        ShapesOptions options = new() { Size = size ?? Recipe.Size };
        return new ShapesDataset(count, ValidationSeed, mostObjects is { } most ? options with { MostObjects = most } : options);
    }

    /// <summary>The model of an arm, trained here and now if it was not before.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="cancellationToken">Stops the training, which goes on there the next time.</param>
    /// <exception cref="InvalidDataException">Another arm of the same name was trained in the folder.</exception>
    /// <exception cref="IOException">A file cannot be read or written, or another process trains the same arm.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public DetrModel Train(StudyArm arm, CancellationToken cancellationToken = default)
    {
        ArmTraining training = new(this, arm);
        if (!_trained.TryGetValue((arm.FullName, training.Description), out DetrModel? model))
        {
            model = training.Run(cancellationToken);
            _trained.Add((arm.FullName, training.Description), model);
        }

        return model;
    }

    /// <summary>The weights of an arm after every tenth of its training, the last one the whole.</summary>
    /// <param name="arm">An arm that keeps its history; it is trained if it was not before.</param>
    /// <param name="cancellationToken">Stops the training, which goes on there the next time.</param>
    /// <exception cref="ArgumentException">The arm keeps no history.</exception>
    /// <exception cref="InvalidDataException">Another arm of the same name was trained in the folder.</exception>
    /// <exception cref="IOException">A file cannot be read or written, or another process trains the same arm.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public IReadOnlyList<(int Steps, DetrModel Model)> History(StudyArm arm, CancellationToken cancellationToken = default)
    {
        if (!arm.KeepsHistory)
        {
            throw new ArgumentException($"The arm {arm.FullName} keeps no history of its weights.", nameof(arm));
        }

        Train(arm, cancellationToken);
        int steps = Recipe.Steps / StudyRecipe.Tenths;
        return [.. Enumerable.Range(1, StudyRecipe.Tenths).Select(tenth => (tenth * steps, ModelFile.Load(HistoryFile(arm, tenth * steps)).Model))];
    }

    /// <summary>How an arm learnt: its average precision on a few scenes after every tenth of its training.</summary>
    /// <param name="arm">An arm that was trained.</param>
    /// <exception cref="IOException">The arm was not trained, or its log cannot be read.</exception>
    public (double[] Steps, double[] Precisions) Curve(StudyArm arm)
    {
        (double[] tenths, double[] precisions) = RunHistory.Read(ArmTraining.LogFile(FolderOf(arm))).Series(nameof(EvaluationSummary.AP));
        return ([.. tenths.Select(tenth => (tenth + 1) * Recipe.Steps / StudyRecipe.Tenths)], precisions);
    }

    /// <summary>How an arm learnt: its average precision on all scenes that models are evaluated on, after every tenth of its training.</summary>
    /// <param name="arm">An arm that keeps its history; it is trained if it was not before.</param>
    /// <param name="cancellationToken">Stops the work; a training goes on there the next time.</param>
    /// <exception cref="ArgumentException">The arm keeps no history.</exception>
    /// <exception cref="InvalidDataException">Another arm of the same name was trained in the folder.</exception>
    /// <exception cref="IOException">A file cannot be read or written, or another process trains the same arm.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public LearningCurve Follow(StudyArm arm, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<(int Steps, DetrModel Model)> moments = History(arm, cancellationToken);
        return new LearningCurve(
            [.. moments.Select(moment => (double)moment.Steps)],
            RunHistory.Read(ArmTraining.LogFile(FolderOf(arm))).Series(RunLog.SecondsKey).Values,
            [.. moments.Select(moment => EvaluateLayers(moment.Model, Categories, arm.HeadsOff, arm.FullName, cancellationToken)[^1].Precision())]);
    }

    /// <summary>The model to look into where a study needs none of its own: that of <see cref="WeightsFile"/>, or the base arm.</summary>
    /// <param name="cancellationToken">Stops a training.</param>
    /// <returns>The model, what its classes are called, and what it is called itself.</returns>
    /// <exception cref="InvalidDataException">The file is damaged or is not a model.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">A training was stopped.</exception>
    public (DetrModel Model, IReadOnlyList<Category> Categories, string Name) Subject(CancellationToken cancellationToken = default)
    {
        if (WeightsFile is null)
        {
            return (Train(StudyArm.Base, cancellationToken), Categories, StudyArm.Base.Name);
        }

        (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(WeightsFile);
        return (model, categories, Path.GetFileName(WeightsFile));
    }

    /// <summary>Trains an arm if need be, and evaluates it.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public EvaluationResult Evaluate(StudyArm arm, CancellationToken cancellationToken = default)
        => EvaluateLayers(Train(arm, cancellationToken), Categories, arm.HeadsOff, arm.FullName, cancellationToken)[^1];

    /// <summary>Evaluates what a model says after each decoder layer, on scenes of the size that it is for.</summary>
    /// <param name="model">The model.</param>
    /// <param name="categories">What its classes are called.</param>
    /// <param name="heads">Which heads are off; null for none.</param>
    /// <param name="name">What progress calls it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidDataException">The model knows none of the scenes' categories.</exception>
    public IReadOnlyList<EvaluationResult> EvaluateLayers(
        DetrModel model, IReadOnlyList<Category> categories, HeadsOff? heads, string name, CancellationToken cancellationToken = default)
    {
        ShapesDataset scenes = Scenes(ValidationScenes, model.Options.Size);
        return ModelEvaluation.EvaluateLayers(
            model, categories, scenes, model.Options.Resize(), Backend, heads,
            done => Progress?.Invoke(new StudyProgress($"evaluating {name}", (double)done / scenes.Count)), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _backend.Dispose();

    /// <summary>The scenes that models learn from.</summary>
    internal ShapesDataset TrainingScenes => TrainingScenesOf(Recipe.Seed);

    /// <summary>The scenes that a training's own curves are of.</summary>
    internal ShapesDataset CurveScenes => Scenes(Math.Min(ScenesOfCurves, ValidationScenes));

    /// <summary>The scenes that models of a seed learn from.</summary>
    internal ShapesDataset TrainingScenesOf(ulong seed) => new(Recipe.TrainingScenes, seed, new ShapesOptions { Size = Recipe.Size });

    /// <summary>Decides an arm's weights, scenes and their order; never the scenes that models are evaluated on.</summary>
    internal ulong SeedOf(StudyArm arm)
    {
        ulong seed = Recipe.Seed + (ulong)arm.Repetition;
        return Recipe.Seed < ValidationSeed && seed >= ValidationSeed ? seed + 1 : seed;
    }

    /// <summary>The folder of an arm.</summary>
    internal string FolderOf(StudyArm arm) => Path.Combine(Folder, "models", arm.FullName);

    /// <summary>The file of an arm's weights on the way.</summary>
    internal string HistoryFile(StudyArm arm, int steps) => Path.Combine(FolderOf(arm), string.Create(CultureInfo.InvariantCulture, $"after-{steps:D6}.safetensors"));
}
