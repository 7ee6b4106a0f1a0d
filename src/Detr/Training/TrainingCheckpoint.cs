using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Serialization;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;
using Tensor = Detr.Tensors.Tensor;

namespace Detr.Training;

/// <summary>
/// A run that can go on: weights, their running mean, both moments of the optimizer, and where training stands, in one
/// .safetensors file that appears whole or not at all.
/// </summary>
internal static partial class TrainingCheckpoint
{
    private const string StateKey = "detr.training";
    private const string FirstMoment = $"{ModelFile.OptimizerPrefix}exp_avg.";
    private const string SecondMoment = $"{ModelFile.OptimizerPrefix}exp_avg_sq.";

    /// <summary>Saves a run.</summary>
    /// <exception cref="ArithmeticException">A weight is not a finite number; what was there before is untouched.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    internal static void Save(string path, DetrModel model, IReadOnlyList<Category> categories, Trainer trainer, RunState run)
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        foreach (Parameter parameter in model.Parameters)
        {
            if (!TensorPrimitives.IsFiniteAll(parameter.AsSpan()))
            {
                throw new ArithmeticException($"After step {trainer.State.Steps}, {parameter.Name} holds what is not a finite number; {path} stands as it was: begin again from it with a lower learning rate.");
            }

            tensors.Add(parameter.Name, parameter);
        }

        foreach (Parameter parameter in trainer.Average?.Changing ?? [])
        {
            tensors.Add(ModelFile.AveragePrefix + parameter.Name, parameter);
        }

        foreach (Parameter parameter in Trained(trainer))
        {
            (Tensor first, Tensor second) = trainer.Optimizer.Moments(parameter);
            tensors.Add(FirstMoment + parameter.Name, first);
            tensors.Add(SecondMoment + parameter.Name, second);
        }

        Dictionary<string, string> metadata = new(ModelFile.Describe(model, categories), StringComparer.Ordinal)
        {
            [StateKey] = JsonSerializer.Serialize(new Contents(trainer.State, run), CheckpointJson.Default.Contents),
        };
        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Puts a model and its trainer where <see cref="Save"/> left them.</summary>
    /// <returns>Where the run stood.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or is not of this model or this training.</exception>
    internal static RunState Restore(string path, DetrModel model, Trainer trainer)
    {
        using Checkpoint checkpoint = Checkpoint.Open(path);
        if (!checkpoint.Metadata.TryGetValue(StateKey, out string? text))
        {
            throw new InvalidDataException($"{path} holds weights, but not where a training stands; resume from a run's checkpoint.safetensors, or begin anew with --pretrained.");
        }

        try
        {
            Contents contents = JsonSerializer.Deserialize(text, CheckpointJson.Default.Contents) ?? throw new JsonException();
            if (contents.State is null || contents.Run is not { LossSums: not null, Settings: not null })
            {
                throw new JsonException();
            }

            if (Trained(trainer).FirstOrDefault(parameter => !Fits(FirstMoment, parameter) || !Fits(SecondMoment, parameter)) is { } wrong)
            {
                throw new InvalidDataException($"{path} lacks the optimizer's moments of {wrong.Name}; resume with the same parts frozen as when the run was begun.");
            }

            ModelFile.Read(path, ModelFile.OfModel(checkpoint), model.Parameters);
            foreach (Parameter parameter in Trained(trainer))
            {
                (Tensor first, Tensor second) = trainer.Optimizer.Moments(parameter);
                first.Write(checkpoint.Tensors[FirstMoment + parameter.Name].ToFloats());
                second.Write(checkpoint.Tensors[SecondMoment + parameter.Name].ToFloats());
            }

            // A run that was begun without averages begins them here.
            foreach (Parameter mean in trainer.Average?.Model.Parameters ?? [])
            {
                mean.Write(Fits(ModelFile.AveragePrefix, mean) ? checkpoint.Tensors[ModelFile.AveragePrefix + mean.Name].ToFloats() : model.Parameters[mean.Name].AsSpan());
            }

            trainer.State = contents.State;
            return contents.Run;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} does not say where the training stands in a form that can be read; begin anew with --pretrained {path}.", error);
        }

        bool Fits(string prefix, Parameter parameter)
            => checkpoint.Tensors.TryGetValue(prefix + parameter.Name, out CheckpointTensor? tensor) && tensor.Shape.SequenceEqual(parameter.Shape);
    }

    private static IEnumerable<Parameter> Trained(Trainer trainer) => trainer.Optimizer.Groups.SelectMany(group => group.Parameters);

    private sealed record Contents(TrainingState State, RunState Run);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Contents))]
    private sealed partial class CheckpointJson : JsonSerializerContext;
}
