using System.Text.Json;
using System.Text.Json.Serialization;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;

namespace Detr.Training;

/// <summary>
/// A run that can go on: weights, both moments of the optimizer, and where training stands, in one .safetensors file that
/// appears whole or not at all.
/// </summary>
public static partial class TrainingCheckpoint
{
    private const string StateKey = "detr.training";
    private const string FirstMoment = $"{ModelFile.OptimizerPrefix}exp_avg.";
    private const string SecondMoment = $"{ModelFile.OptimizerPrefix}exp_avg_sq.";

    /// <summary>Saves a run.</summary>
    /// <param name="path">Where.</param>
    /// <param name="model">The model.</param>
    /// <param name="categories">What its classes are called.</param>
    /// <param name="trainer">The trainer.</param>
    /// <param name="bestAveragePrecision">The best AP so far, if any was measured.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Save(string path, DetrModel model, IReadOnlyList<Category> categories, Trainer trainer, double? bestAveragePrecision)
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        foreach (Parameter parameter in model.Parameters)
        {
            tensors.Add(parameter.Name, parameter);
        }

        foreach (Parameter parameter in trainer.Optimizer.Groups.SelectMany(group => group.Parameters))
        {
            (Tensor first, Tensor second) = trainer.Optimizer.Moments(parameter);
            tensors.Add(FirstMoment + parameter.Name, first);
            tensors.Add(SecondMoment + parameter.Name, second);
        }

        Dictionary<string, string> metadata = new(ModelFile.Describe(model, categories), StringComparer.Ordinal)
        {
            [StateKey] = JsonSerializer.Serialize(new Contents(trainer.State, bestAveragePrecision), CheckpointJson.Default.Contents),
        };
        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Puts a run where <see cref="Save"/> left it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">A model of the same shape.</param>
    /// <param name="trainer">A trainer of that model, with the same parts frozen.</param>
    /// <returns>The best AP so far, if any was measured.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or is not of this model or this training.</exception>
    public static double? Restore(string path, DetrModel model, Trainer trainer)
    {
        using Checkpoint checkpoint = Checkpoint.Open(path);
        if (!checkpoint.Metadata.TryGetValue(StateKey, out string? text))
        {
            throw new InvalidDataException($"{path} holds weights, but not where a training stands; resume from a run's checkpoint.safetensors, or begin anew with --pretrained.");
        }

        try
        {
            Contents contents = JsonSerializer.Deserialize(text, CheckpointJson.Default.Contents) ?? throw new JsonException();
            Parameter[] trained = [.. trainer.Optimizer.Groups.SelectMany(group => group.Parameters)];
            if (trained.FirstOrDefault(parameter => !Fits(FirstMoment, parameter) || !Fits(SecondMoment, parameter)) is { } wrong)
            {
                throw new InvalidDataException($"{path} lacks the optimizer's moments of {wrong.Name}; resume with the options that the run was begun with.");
            }

            ModelFile.Read(path, ModelFile.OfModel(checkpoint), model.Parameters);
            foreach (Parameter parameter in trained)
            {
                (Tensor first, Tensor second) = trainer.Optimizer.Moments(parameter);
                first.Write(checkpoint.Tensors[FirstMoment + parameter.Name].ToFloats());
                second.Write(checkpoint.Tensors[SecondMoment + parameter.Name].ToFloats());
            }

            trainer.State = contents.State;
            return contents.BestAveragePrecision;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} does not say where the training stands in a form that can be read; begin anew with --pretrained {path}.", error);
        }

        bool Fits(string prefix, Parameter parameter)
            => checkpoint.Tensors.TryGetValue(prefix + parameter.Name, out CheckpointTensor? tensor) && tensor.Shape.SequenceEqual(parameter.Shape);
    }

    private sealed record Contents(TrainingState State, double? BestAveragePrecision);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Contents))]
    private sealed partial class CheckpointJson : JsonSerializerContext;
}
