using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Detr.Data;
using Detr.Explain;
using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;
using Detr.Training;

namespace Detr.Studies;

/// <summary>The training of one arm, in a folder from which it goes on wherever it was stopped.</summary>
internal sealed partial class ArmTraining
{
    private const string SettingsFile = "arm.json";

    private readonly StudyWorkshop _workshop;
    private readonly StudyArm _arm;
    private readonly Settings _settings;
    private readonly string _folder;

    internal ArmTraining(StudyWorkshop workshop, StudyArm arm)
    {
        StudyRecipe recipe = workshop.Recipe;
        (_workshop, _arm, _folder) = (workshop, arm, workshop.FolderOf(arm));
        _settings = new Settings(
            arm.Model(recipe.Model(workshop.Categories.Count)), arm.Criterion(recipe.Criterion), arm.Training(recipe.Training), arm.HeadsOff?.Selections ?? []);
        Description = JsonSerializer.Serialize(_settings, ArmJson.Default.Settings);
    }

    /// <summary>All that decides the arm's numbers, but for the recipe, which is the folder's; as JSON.</summary>
    internal string Description { get; }

    /// <summary>The log of the training in an arm's folder.</summary>
    internal static string LogFile(string folder) => Path.Combine(folder, "log.txt");

    /// <summary>Trains to the end, if that was not done before.</summary>
    /// <exception cref="InvalidDataException">The folder is another arm's.</exception>
    internal DetrModel Run(CancellationToken cancellationToken)
    {
        StudyRecipe recipe = _workshop.Recipe;
        Claim();
        DetrModel model = new(_settings.Model);
        ulong seed = _workshop.SeedOf(_arm);
        DetrInitialization.Initialize(model, new RandomStream(seed));
        SetCriterion criterion = new(model.Options.Classes, HungarianMatcher.Of(model.Options.Variant), _settings.Criterion);
        Trainer trainer = new(model, criterion, _settings.Training, _workshop.Backend, seed)
        {
            HeadMask = _arm.HeadsOff,
        };
        long parameters = model.Parameters.Where(parameter => parameter.Trainable).Sum(parameter => (long)parameter.Length);
        using TrainingRun run = new(
            model, _workshop.Categories, trainer, new BatchLoader(_workshop.TrainingScenesOf(seed), [new HorizontalFlip()], recipe.BatchSize, seed),
            new RunLog(LogFile(_folder), parameters), _folder)
        {
            Criterion = _settings.Criterion,
            Evaluations = StudyRecipe.Tenths,
            Evaluate = (evaluated, stop) =>
            {
                // Curves over time are of the time that training took.
                trainer.StopClock();
                return AtTenth(evaluated, trainer.State.Steps, stop);
            },
            OnStep = _ => _workshop.Progress?.Invoke(new StudyProgress($"training {_arm.FullName}", (double)trainer.State.Steps / recipe.Steps)),
        };
        if (File.Exists(TrainingRun.CheckpointFile(_folder)))
        {
            run.Resume();
        }
        else
        {
            run.Begin();
        }

        run.Run(cancellationToken);
        return model;
    }

    /// <summary>Makes the folder this arm's, if it is not yet.</summary>
    private void Claim()
    {
        string path = Path.Combine(_folder, SettingsFile);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(_folder);
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Description)));
        }
        else if (!Agrees(Read(path), JsonNode.Parse(Description)))
        {
            throw new InvalidDataException($"{_folder} holds a model that was trained with other options than the arm {_arm.FullName} has; study in another folder, or delete this one.");
        }
    }

    /// <summary>What a folder says of its arm; null where it is damaged.</summary>
    private static JsonNode? Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether all that a folder says of its arm is still so. Options that the program has got since are not in it.</summary>
    private static bool Agrees(JsonNode? before, JsonNode? now) => (before, now) is (JsonObject said, JsonObject known)
        ? said.All(option => known.ContainsKey(option.Key) && Agrees(option.Value, known[option.Key]))
        : JsonNode.DeepEquals(before, now);

    /// <summary>Keeps the weights, if they are wanted. It is done before the tenth counts as done, so no kill can leave one out.</summary>
    private EvaluationResult AtTenth(DetrModel model, int steps, CancellationToken stop)
    {
        if (_arm.KeepsHistory)
        {
            ModelFile.Save(_workshop.HistoryFile(_arm, steps), model, _workshop.Categories, half: true);
        }

        return ModelEvaluation.EvaluateLayers(model, _workshop.Categories, _workshop.CurveScenes, null, _workshop.Backend, _arm.HeadsOff, null, stop)[^1];
    }

    private sealed record Settings(DetrOptions Model, CriterionOptions Criterion, TrainingOptions Training, IReadOnlyList<HeadSelection> HeadsOff);

    [JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
    [JsonSerializable(typeof(Settings))]
    private sealed partial class ArmJson : JsonSerializerContext;
}
