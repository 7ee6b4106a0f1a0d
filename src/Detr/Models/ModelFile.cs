using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Detr.Data;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;

namespace Detr.Models;

/// <summary>Models in files: our own, .safetensors with the model's shape and its categories inside, and those of other programs.</summary>
public static partial class ModelFile
{
    /// <summary>What the names of all tensors begin with that a run's optimizer keeps beside the model's.</summary>
    internal const string OptimizerPrefix = "optimizer.";

    /// <summary>What the names of averaged weights begin with that a run keeps beside the model's.</summary>
    internal const string AveragePrefix = "averaged.";

    private const string OptionsKey = "detr.options";
    private const string CategoriesKey = "detr.categories";
    private const string RangesKey = "detr.activation_ranges";

    /// <summary>
    /// Saves a model; the file appears whole or not at all. Of a model with a backbone in eight bits, that backbone's weights are saved and
    /// its ranges.
    /// </summary>
    /// <param name="path">Where.</param>
    /// <param name="model">The model.</param>
    /// <param name="categories">What its classes are called.</param>
    /// <param name="half">Whether weights are rounded to half precision, which halves the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, DetrModel model, IReadOnlyList<Category> categories, bool half = false)
    {
        QuantizedBackbone? quantized = model.QuantizedBackbone;
        Dictionary<string, Tensor> tensors = model.Parameters.Where(parameter => quantized?.Kernels.ContainsKey(parameter.Name) is not true)
            .ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter, StringComparer.Ordinal);
        Dictionary<string, string> metadata = new(Describe(model, categories), StringComparer.Ordinal);
        if (quantized is not null)
        {
            metadata[RangesKey] = JsonSerializer.Serialize(quantized.Ranges.ByLayer, Json.Default.IReadOnlyDictionaryStringActivationRange);
        }

        SafetensorsWriter.Write(path, tensors, metadata, half, quantized?.Kernels);
    }

    /// <summary>
    /// Saves a model for PyTorch: a .pth as the reference's, <c>{"model": state_dict, "args": …}</c>, with the reference's names and
    /// options, and with what <see cref="Load"/> needs beyond these: where positions are added, their waves, and pictures' size. What classes
    /// are called has no place in it. The file appears whole or not at all.
    /// </summary>
    /// <param name="path">Where.</param>
    /// <param name="model">The model.</param>
    /// <param name="half">Whether weights are rounded to half precision, which halves the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SavePyTorch(string path, DetrModel model, bool half = false)
        => PyTorchWriter.Write(path, [.. model.Parameters.SelectMany(parameter => SharedTensors.Names(model.Options, parameter.Name).Select(name => KeyValuePair.Create(name, (Tensor)parameter)))], Arguments(model.Options), half);

    private static Dictionary<string, string> Arguments(DetrOptions options) => new(StringComparer.Ordinal)
    {
        ["enc_layers"] = Text(options.Transformer.EncoderLayers),
        ["dec_layers"] = Text(options.Transformer.DecoderLayers),
        ["dim_feedforward"] = Text(options.Transformer.FeedForward),
        ["hidden_dim"] = Text(options.Transformer.Channels),
        ["nheads"] = Text(options.Transformer.Heads),
        ["num_queries"] = Text(options.Queries),
        ["pre_norm"] = options.Transformer.PreNorm ? "true" : "false",
        ["dilation"] = options.Backbone.Dilation ? "true" : "false",
        ["masks"] = options.Masks ? "true" : "false",
        ["position_embedding"] = options.PositionEmbedding == PositionEmbedding.Sine ? "sine" : "learned",
        [ArchitectureDetection.PositionAt] = options.Transformer.PositionAt.ToString(),
        [ArchitectureDetection.PositionRepeats] = Text(options.SinePosition.Repeats),
        [ArchitectureDetection.PositionTemperature] = Text(options.SinePosition.Temperature),
        [ArchitectureDetection.ShortSide] = Text(options.Size),
        [ArchitectureDetection.LongSide] = Text(options.MaximumSize),
    };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>A checkpoint's tensors without those that a run keeps beside the model's.</summary>
    internal static Dictionary<string, CheckpointTensor> OfModel(Checkpoint checkpoint) => checkpoint.Tensors
        .Where(pair => !pair.Key.StartsWith(OptimizerPrefix, StringComparison.Ordinal) && !pair.Key.StartsWith(AveragePrefix, StringComparison.Ordinal))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>What a file says of the model in it, by key: its shape and its categories, as JSON.</summary>
    /// <param name="model">The model.</param>
    /// <param name="categories">What its classes are called.</param>
    public static IReadOnlyDictionary<string, string> Describe(DetrModel model, IReadOnlyList<Category> categories) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [OptionsKey] = JsonSerializer.Serialize(model.Options, Json.Default.DetrOptions),
        [CategoriesKey] = JsonSerializer.Serialize(categories, Json.Default.IReadOnlyListCategory),
    };

    /// <summary>Loads a model: one that <see cref="Save"/> wrote, or weights of DETR from elsewhere.</summary>
    /// <remarks>
    /// From elsewhere means the reference's .pth files (published weights and training checkpoints, panoptic ones with their mask
    /// head), .safetensors with the same names, and files with the names of Hugging Face's Transformers. Which model it is follows
    /// from its tensors' names and shapes, and from a config.json of Transformers beside the file; classes that nothing names are called
    /// by COCO's names when there are as many, else by their numbers.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="hints">What tensors from elsewhere do not show; null for what is usual.</param>
    /// <param name="deferred">
    /// Whether weights are read when they are first needed, from the file, which stays open and must not be written to. Weights of
    /// products are then in memory only once, as products read them: half the memory, for a model that will not be trained.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, is not a model, or its tensors do not fit the model that it describes.</exception>
    public static (DetrModel Model, IReadOnlyList<Category> Categories) Load(string path, ArchitectureHints? hints = null, bool deferred = false)
    {
        Checkpoint checkpoint = Checkpoint.Open(path);
        bool isOpen = false;
        try
        {
            (DetrModel Model, IReadOnlyList<Category> Categories) loaded
                = checkpoint.Metadata.TryGetValue(OptionsKey, out string? options) && checkpoint.Metadata.TryGetValue(CategoriesKey, out string? categories)
                    ? LoadDescribed(path, checkpoint, options, categories, deferred)
                    : LoadForeign(path, checkpoint, hints ?? new ArchitectureHints(), deferred);
            isOpen = deferred;
            return loaded;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path} describes a model that cannot be made: {error.Message.ReplaceLineEndings(" ")}", error);
        }
        finally
        {
            if (!isOpen)
            {
                checkpoint.Dispose();
            }
        }
    }

    /// <summary>Sets all parameters from a checkpoint of the same keys.</summary>
    /// <param name="path">The checkpoint's file, for messages.</param>
    /// <param name="tensors">The checkpoint's tensors.</param>
    /// <param name="parameters">The parameters.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, is one too many, or has another shape.</exception>
    public static void Read(string path, IReadOnlyDictionary<string, CheckpointTensor> tensors, ParameterSet parameters) => Read(path, WeightTensor.Whole(tensors), parameters, deferred: false);

    private static (DetrModel Model, IReadOnlyList<Category> Categories) LoadDescribed(string path, Checkpoint checkpoint, string options, string categories, bool deferred)
    {
        DetrOptions described = ModelDescription.Options(options);
        IReadOnlyList<Category> named = ModelDescription.Categories(categories);
        Dictionary<string, WeightTensor> tensors = WeightTensor.Whole(OfModel(checkpoint));
        DetrModel model = Create(path, described, tensors, deferred);
        if (checkpoint.Metadata.TryGetValue(RangesKey, out string? ranges))
        {
            model.QuantizedBackbone = new QuantizedBackbone(
                model.Backbone, new ActivationRanges(JsonSerializer.Deserialize(ranges, Json.Default.IReadOnlyDictionaryStringActivationRange) ?? throw new JsonException("Its activations' ranges are missing.")),
                (convolution, shape) => tensors[convolution.Kernel.Name].ToKernel(shape));
        }

        return (model, named);
    }

    private static (DetrModel Model, IReadOnlyList<Category> Categories) LoadForeign(string path, Checkpoint checkpoint, ArchitectureHints hints, bool deferred)
    {
        ForeignWeights weights = ForeignWeights.Of(path, checkpoint.Tensors);
        HuggingFaceConfiguration? configuration = weights.IsHuggingFace ? HuggingFaceConfiguration.Beside(path) : null;
        hints = new ArchitectureHints { Heads = hints.Heads ?? configuration?.Heads, Dilation = hints.Dilation ?? configuration?.Dilation };
        ArchitectureDetection detection = new(path, weights.Tensors.ToDictionary(pair => pair.Key, pair => pair.Value.Shape, StringComparer.Ordinal));
        DetrOptions options = detection.Detect(checkpoint.Metadata, hints);
        return (Create(path, options, SharedTensors.Once(options, weights.Named(options.Masks ? DetrModel.DetectorPrefix : string.Empty)), deferred), configuration?.Categories(options.Classes) ?? CocoLabels.ForClasses(options.Classes));
    }

    /// <summary>Makes a model and sets its weights, unless it would be much larger than what the file holds: parameters take memory when they are set.</summary>
    private static DetrModel Create(string path, DetrOptions options, IReadOnlyDictionary<string, WeightTensor> tensors, bool deferred)
    {
        long held = tensors.Values.Sum(tensor => tensor.Length);
        DetrModel model = new(options, 2 * held);
        Read(path, tensors, model.Parameters, deferred);
        return model;
    }

    private static void Read(string path, IReadOnlyDictionary<string, WeightTensor> tensors, ParameterSet parameters, bool deferred)
    {
        List<string> problems = [];
        foreach (Parameter parameter in parameters)
        {
            if (!tensors.TryGetValue(parameter.Name, out WeightTensor? tensor))
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
            string first = string.Concat(string.Join("; ", problems.Take(3)).Select(letter => char.IsControl(letter) ? '?' : letter));
            throw new InvalidDataException($"{path} does not fit the model: {first}{(problems.Count > 3 ? $"; and {problems.Count - 3} more" : string.Empty)}.");
        }

        foreach (Parameter parameter in parameters)
        {
            parameter.Defer(tensors[parameter.Name].CopyTo);
            if (!deferred)
            {
                parameter.Materialize();
            }
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
    [JsonSerializable(typeof(DetrOptions))]
    [JsonSerializable(typeof(IReadOnlyList<Category>))]
    [JsonSerializable(typeof(IReadOnlyDictionary<string, ActivationRange>))]
    private sealed partial class Json : JsonSerializerContext;
}
