using Detr.Tensors;

namespace Detr.Tests.Checkpoints;

/// <summary>The names in files of Hugging Face's Transformers, written out line by line beside the reference's; # is a number.</summary>
internal static class HuggingFaceSpelling
{
    private const string Common = """
        transformer.encoder.layers.#.self_attn.out_proj.weight       model.encoder.layers.#.self_attn.out_proj.weight
        transformer.encoder.layers.#.self_attn.out_proj.bias         model.encoder.layers.#.self_attn.out_proj.bias
        transformer.encoder.layers.#.linear1.weight                  model.encoder.layers.#.fc1.weight
        transformer.encoder.layers.#.linear1.bias                    model.encoder.layers.#.fc1.bias
        transformer.encoder.layers.#.linear2.weight                  model.encoder.layers.#.fc2.weight
        transformer.encoder.layers.#.linear2.bias                    model.encoder.layers.#.fc2.bias
        transformer.encoder.layers.#.norm1.weight                    model.encoder.layers.#.self_attn_layer_norm.weight
        transformer.encoder.layers.#.norm1.bias                      model.encoder.layers.#.self_attn_layer_norm.bias
        transformer.encoder.layers.#.norm2.weight                    model.encoder.layers.#.final_layer_norm.weight
        transformer.encoder.layers.#.norm2.bias                      model.encoder.layers.#.final_layer_norm.bias
        transformer.encoder.norm.weight                              model.encoder.layernorm.weight
        transformer.encoder.norm.bias                                model.encoder.layernorm.bias
        transformer.decoder.layers.#.self_attn.out_proj.weight       model.decoder.layers.#.self_attn.out_proj.weight
        transformer.decoder.layers.#.self_attn.out_proj.bias         model.decoder.layers.#.self_attn.out_proj.bias
        transformer.decoder.layers.#.multihead_attn.out_proj.weight  model.decoder.layers.#.encoder_attn.out_proj.weight
        transformer.decoder.layers.#.multihead_attn.out_proj.bias    model.decoder.layers.#.encoder_attn.out_proj.bias
        transformer.decoder.layers.#.linear1.weight                  model.decoder.layers.#.fc1.weight
        transformer.decoder.layers.#.linear1.bias                    model.decoder.layers.#.fc1.bias
        transformer.decoder.layers.#.linear2.weight                  model.decoder.layers.#.fc2.weight
        transformer.decoder.layers.#.linear2.bias                    model.decoder.layers.#.fc2.bias
        transformer.decoder.layers.#.norm1.weight                    model.decoder.layers.#.self_attn_layer_norm.weight
        transformer.decoder.layers.#.norm1.bias                      model.decoder.layers.#.self_attn_layer_norm.bias
        transformer.decoder.layers.#.norm2.weight                    model.decoder.layers.#.encoder_attn_layer_norm.weight
        transformer.decoder.layers.#.norm2.bias                      model.decoder.layers.#.encoder_attn_layer_norm.bias
        transformer.decoder.layers.#.norm3.weight                    model.decoder.layers.#.final_layer_norm.weight
        transformer.decoder.layers.#.norm3.bias                      model.decoder.layers.#.final_layer_norm.bias
        transformer.decoder.norm.weight                              model.decoder.layernorm.weight
        transformer.decoder.norm.bias                                model.decoder.layernorm.bias
        class_embed.weight                                           class_labels_classifier.weight
        class_embed.bias                                             class_labels_classifier.bias
        bbox_embed.layers.#.weight                                   bbox_predictor.layers.#.weight
        bbox_embed.layers.#.bias                                     bbox_predictor.layers.#.bias
        query_embed.weight                                           model.query_position_embeddings.weight
        input_proj.weight                                            model.input_projection.weight
        input_proj.bias                                              model.input_projection.bias
        backbone.1.row_embed.weight                                  model.backbone.position_embedding.row_embeddings.weight
        backbone.1.col_embed.weight                                  model.backbone.position_embedding.column_embeddings.weight
        """;

    // Backbones of the timm package, as in facebook/detr-resnet-50.
    private const string Timm = """
        backbone.0.body.conv1.weight            model.backbone.conv_encoder.model.conv1.weight
        backbone.0.body.bn1.*                   model.backbone.conv_encoder.model.bn1.*
        backbone.0.body.layer#.#.conv#.weight   model.backbone.conv_encoder.model.layer#.#.conv#.weight
        backbone.0.body.layer#.#.bn#.*          model.backbone.conv_encoder.model.layer#.#.bn#.*
        backbone.0.body.layer#.#.downsample.0.weight  model.backbone.conv_encoder.model.layer#.#.downsample.0.weight
        backbone.0.body.layer#.#.downsample.1.*       model.backbone.conv_encoder.model.layer#.#.downsample.1.*
        """;

    // Backbones of Transformers itself, as in the revision no_timm; - is a number less by one.
    private const string Native = """
        backbone.0.body.conv1.weight            model.backbone.conv_encoder.model.embedder.embedder.convolution.weight
        backbone.0.body.bn1.*                   model.backbone.conv_encoder.model.embedder.embedder.normalization.*
        backbone.0.body.layer#.#.conv#.weight   model.backbone.conv_encoder.model.encoder.stages.-.layers.#.layer.-.convolution.weight
        backbone.0.body.layer#.#.bn#.*          model.backbone.conv_encoder.model.encoder.stages.-.layers.#.layer.-.normalization.*
        backbone.0.body.layer#.#.downsample.0.weight  model.backbone.conv_encoder.model.encoder.stages.-.layers.#.shortcut.convolution.weight
        backbone.0.body.layer#.#.downsample.1.*       model.backbone.conv_encoder.model.encoder.stages.-.layers.#.shortcut.normalization.*
        """;

    /// <summary>A model's tensors as such a file has them.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="timm">Which of the two sorts of backbone.</param>
    internal static Dictionary<string, Tensor> Spell(ParameterSet parameters, bool timm)
    {
        (string Reference, string Other)[] lines =
        [
            .. $"{Common}\n{(timm ? Timm : Native)}".Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(pair => (pair[0], pair[1])),
        ];
        Dictionary<string, Tensor> spelled = new(StringComparer.Ordinal);
        foreach (Parameter parameter in parameters)
        {
            string[] parts = parameter.Name.Split(".in_proj_");
            if (parts.Length == 2)
            {
                string attention = parts[0].Replace("transformer.", "model.", StringComparison.Ordinal).Replace("multihead_attn", "encoder_attn", StringComparison.Ordinal);
                Shape third = parameter.Shape.With(0, parameter.Shape[0] / 3);
                spelled.Add($"{attention}.q_proj.{parts[1]}", Tensor.FromArray(third, parameter.AsSpan()[..third.Length]));
                spelled.Add($"{attention}.k_proj.{parts[1]}", Tensor.FromArray(third, parameter.AsSpan().Slice(third.Length, third.Length)));
                spelled.Add($"{attention}.v_proj.{parts[1]}", Tensor.FromArray(third, parameter.AsSpan()[(2 * third.Length)..]));
            }
            else
            {
                spelled.Add(lines.Select(line => Fill(parameter.Name, line.Reference, line.Other)).First(name => name is not null)!, parameter);
            }
        }

        return spelled;
    }

    /// <summary>The other name with the numbers of this one; null where this one is not of the line's form.</summary>
    private static string? Fill(string name, string reference, string other)
    {
        Queue<int> numbers = [];
        int at = 0;
        foreach (char letter in reference)
        {
            if (letter == '*')
            {
                return name[at..] is "weight" or "bias" or "running_mean" or "running_var" ? Filled(other[..^1]) + name[at..] : null;
            }

            if (at == name.Length || (letter == '#' ? !char.IsDigit(name[at]) : letter != name[at]))
            {
                return null;
            }

            if (letter == '#')
            {
                numbers.Enqueue(name[at] - '0');
            }

            at++;
        }

        return at == name.Length ? Filled(other) : null;

        string Filled(string form) => string.Concat(form.Select(letter => letter switch
        {
            '#' => $"{numbers.Dequeue()}",
            '-' => $"{numbers.Dequeue() - 1}",
            _ => $"{letter}",
        }));
    }
}
