using System.Text.Json;
using System.Text.Json.Serialization;
using Detr.Data;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;

namespace Detr.Models;

/// <summary>A model in a file: weights as .safetensors, with the model's shape and its categories inside.</summary>
public static partial class ModelFile
{
    /// <summary>What the names of all tensors begin with that a run's optimizer keeps beside the model's.</summary>
    internal const string OptimizerPrefix = "optimizer.";

    private const string OptionsKey = "detr.options";
    private const string CategoriesKey = "detr.categories";

    /// <summary>Saves a model; the file appears whole or not at all.</summary>
    /// <param name="path">Where.</param>
    /// <param name="model">The model.</param>
    /// <param name="categories">What its classes are called.</param>
    /// <param name="half">Whether weights are rounded to half precision, which halves the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, DetrModel model, IReadOnlyList<Category> categories, bool half = false)
    {
        Dictionary<string, Tensor> tensors = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter, StringComparer.Ordinal);
        SafetensorsWriter.Write(path, tensors, Describe(model, categories), half);
    }

    /// <summary>A checkpoint's tensors without those that a run's optimizer keeps.</summary>
    internal static Dictionary<string, CheckpointTensor> OfModel(Checkpoint checkpoint)
        => checkpoint.Tensors.Where(pair => !pair.Key.StartsWith(OptimizerPrefix, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);

    /// <summary>What a file says of the model in it.</summary>
    internal static Dictionary<string, string> Describe(DetrModel model, IReadOnlyList<Category> categories) => new(StringComparer.Ordinal)
    {
        [OptionsKey] = JsonSerializer.Serialize(model.Options, Json.Default.DetrOptions),
        [CategoriesKey] = JsonSerializer.Serialize(categories, Json.Default.IReadOnlyListCategory),
    };

    /// <summary>Loads a model that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, is not a model, or its tensors do not fit the model that it describes.</exception>
    public static (DetrModel Model, IReadOnlyList<Category> Categories) Load(string path)
    {
        using Checkpoint checkpoint = Checkpoint.Open(path);
        if (!checkpoint.Metadata.TryGetValue(OptionsKey, out string? options) || !checkpoint.Metadata.TryGetValue(CategoriesKey, out string? categories))
        {
            throw new InvalidDataException($"{path} does not say which model its weights belong to; use a file that detr train wrote.");
        }

        try
        {
            DetrModel model = new(JsonSerializer.Deserialize(options, Json.Default.DetrOptions) ?? new DetrOptions());
            Read(path, OfModel(checkpoint), model.Parameters);
            return (model, JsonSerializer.Deserialize(categories, Json.Default.IReadOnlyListCategory) ?? []);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{path} describes a model that cannot be made: {error.Message}", error);
        }
    }

    /// <summary>Sets all parameters from a checkpoint of the same keys.</summary>
    /// <param name="path">The checkpoint's file, for messages.</param>
    /// <param name="tensors">The checkpoint's tensors.</param>
    /// <param name="parameters">The parameters.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, is one too many, or has another shape.</exception>
    public static void Read(string path, IReadOnlyDictionary<string, CheckpointTensor> tensors, ParameterSet parameters)
    {
        List<string> problems = [];
        foreach (Parameter parameter in parameters)
        {
            if (!tensors.TryGetValue(parameter.Name, out CheckpointTensor? tensor))
            {
                problems.Add($"{parameter.Name} is missing");
            }
            else if (!tensor.Shape.SequenceEqual(parameter.Shape))
            {
                problems.Add($"{parameter.Name} is [{string.Join(", ", tensor.Shape)}] instead of {parameter.Shape}");
            }
        }

        problems.AddRange(tensors.Keys.Where(name => !parameters.Contains(name) && !name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Select(name => $"{name} is not part of the model"));
        if (problems.Count > 0)
        {
            throw new InvalidDataException($"{path} does not fit the model: {string.Join("; ", problems.Take(3))}{(problems.Count > 3 ? $"; and {problems.Count - 3} more" : string.Empty)}.");
        }

        foreach (Parameter parameter in parameters)
        {
            parameter.Write(tensors[parameter.Name].ToFloats());
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
    [JsonSerializable(typeof(DetrOptions))]
    [JsonSerializable(typeof(IReadOnlyList<Category>))]
    private sealed partial class Json : JsonSerializerContext;
}
