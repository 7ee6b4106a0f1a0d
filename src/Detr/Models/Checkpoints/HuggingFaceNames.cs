using System.Globalization;
using Detr.Tensors.Checkpoints;

namespace Detr.Models;

/// <summary>
/// The names that Hugging Face's Transformers gives DETR's tensors, and Table Transformer's, turned into the reference's. There
/// queries, keys and values are projected by three layers, here by one whose rows are theirs one below the other.
/// </summary>
internal static class HuggingFaceNames
{
    /// <summary>A name that every such file has, and no file with the reference's names.</summary>
    internal const string Queries = "model.query_position_embeddings.weight";

    private const string Backbone = "backbone.0.body";
    private static readonly string[] Projections = ["q_proj", "k_proj", "v_proj"];

    /// <summary>The tensors by the reference's names; those of other names keep theirs.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensors">The tensors by Hugging Face's names.</param>
    /// <exception cref="InvalidDataException">One of three projections is missing or has another shape than the others.</exception>
    internal static Dictionary<string, WeightTensor> Translate(string path, IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        Dictionary<string, WeightTensor> translated = new(StringComparer.Ordinal);
        foreach ((string name, CheckpointTensor tensor) in tensors)
        {
            string[] parts = name.Split('.');
            if (parts is [.., "q_proj" or "k_proj" or "v_proj", var leaf])
            {
                string attention = string.Join('.', parts[..^2]);
                string[] names = Array.ConvertAll(Projections, projection => $"{attention}.{projection}.{leaf}");
                translated[$"{Reference(parts[..^2])}.in_proj_{leaf}"] = Stacked(path, names, tensors);
            }
            else if (!translated.TryAdd(Reference(parts), new WeightTensor(tensor)))
            {
                throw new InvalidDataException($"{path} holds two tensors for {Reference(parts)}; get the file again.");
            }
        }

        return translated;
    }

    private static WeightTensor Stacked(string path, string[] names, IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        CheckpointTensor[] parts = Array.ConvertAll(names, name => tensors.TryGetValue(name, out CheckpointTensor? tensor)
            ? tensor
            : throw new InvalidDataException($"{path} does not fit the model: {name} is missing."));
        CheckpointTensor? odd = Array.Find(parts, part => part.Shape.Count == 0 || !part.Shape.SequenceEqual(parts[0].Shape));
        return odd is null
            ? new WeightTensor(parts)
            : throw new InvalidDataException($"{path} does not fit the model: {odd.Name} is [{string.Join(", ", odd.Shape)}], and {names[0]} [{string.Join(", ", parts[0].Shape)}].");
    }

    private static string Reference(string[] parts) => parts switch
    {
        ["model", "backbone", "conv_encoder", "model", .. var rest] => $"{Backbone}.{Convolution(rest)}",
        ["model", "backbone", "position_embedding", "row_embeddings", "weight"] => "backbone.1.row_embed.weight",
        ["model", "backbone", "position_embedding", "column_embeddings", "weight"] => "backbone.1.col_embed.weight",
        ["model", "input_projection", var leaf] => $"input_proj.{leaf}",
        ["model", "query_position_embeddings", var leaf] => $"query_embed.{leaf}",
        ["model", "encoder" or "decoder", "layernorm", var leaf] => $"transformer.{parts[1]}.norm.{leaf}",
        ["model", "encoder" or "decoder", "layers", var layer, var part, .. var rest]
            => string.Join('.', ["transformer", parts[1], "layers", layer, Part(part, parts[1] == "decoder"), .. rest]),
        ["class_labels_classifier", var leaf] => $"class_embed.{leaf}",
        ["bbox_predictor", .. var rest] => $"bbox_embed.{string.Join('.', rest)}",
        _ => string.Join('.', parts),
    };

    private static string Part(string name, bool decoder) => name switch
    {
        "encoder_attn" => "multihead_attn",
        "self_attn_layer_norm" => "norm1",
        "encoder_attn_layer_norm" => "norm2",
        "final_layer_norm" => decoder ? "norm3" : "norm2",
        "fc1" => "linear1",
        "fc2" => "linear2",
        _ => name,
    };

    /// <summary>Backbones of timm have torchvision's names; those of Transformers (revision no_timm) have their own.</summary>
    private static string Convolution(string[] parts) => parts switch
    {
        ["embedder", "embedder", "convolution", var leaf] => $"conv1.{leaf}",
        ["embedder", "embedder", "normalization", var leaf] => $"bn1.{leaf}",
        ["encoder", "stages", var stage, "layers", var block, "shortcut", "convolution", var leaf] => $"layer{Next(stage)}.{block}.downsample.0.{leaf}",
        ["encoder", "stages", var stage, "layers", var block, "shortcut", "normalization", var leaf] => $"layer{Next(stage)}.{block}.downsample.1.{leaf}",
        ["encoder", "stages", var stage, "layers", var block, "layer", var number, "convolution", var leaf] => $"layer{Next(stage)}.{block}.conv{Next(number)}.{leaf}",
        ["encoder", "stages", var stage, "layers", var block, "layer", var number, "normalization", var leaf] => $"layer{Next(stage)}.{block}.bn{Next(number)}.{leaf}",
        _ => string.Join('.', parts),
    };

    /// <summary>What is counted from 0 there is counted from 1 here.</summary>
    private static string Next(string number)
        => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? (value + 1L).ToString(CultureInfo.InvariantCulture) : number;
}
