using Detr.Tensors;

namespace Detr.Models;

/// <summary>Which parts of a model training changes.</summary>
public static class TrainableParts
{
    /// <summary>The name of the part whose norms have to be frozen with it (see <see cref="BackboneNorm.Frozen"/>).</summary>
    public const string Backbone = "backbone";

    private static readonly (string Name, string[] Prefixes)[] Parts =
    [
        (Backbone, ["backbone.0."]),
        ("position", ["backbone.1.", "level_embed"]),
        ("projection", ["input_proj."]),
        ("encoder", ["transformer.encoder."]),
        ("decoder", ["transformer.decoder."]),
        ("transformer", ["transformer."]),
        ("proposals", ["transformer.enc_out", "transformer.pos_trans"]),
        ("queries", ["query_embed.", "refpoint_embed.", "patterns.", "tgt_embed.", "label_enc.", "transformer.reference_points."]),
        ("class-head", ["class_embed."]),
        ("box-head", ["bbox_embed."]),
        ("mask-head", ["bbox_attention.", "mask_head."]),
    ];

    // Some detectors keep them in the transformer, where they move boxes from layer to layer; they are heads all the same.
    private static readonly string[] Heads = ["class_embed.", "bbox_embed."];

    /// <summary>The parts that can be frozen by name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Parts.Select(part => part.Name)];

    /// <summary>Freezes the stem and the first stage of a pretrained backbone, as the reference always does.</summary>
    /// <param name="parameters">The model's parameters.</param>
    public static void FreezeAsTheReference(ParameterSet parameters) => FreezeBelow(parameters, ["backbone.0.body.conv1.", "backbone.0.body.layer1."]);

    /// <summary>Freezes a part of a model: its parameters get no gradient and no decay.</summary>
    /// <param name="model">The model.</param>
    /// <param name="part">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such part.</exception>
    public static void Freeze(DetrModel model, string part)
    {
        string[] prefixes = Array.Find(Parts, known => known.Name == part).Prefixes
            ?? throw new ArgumentException($"A detector has no part {part}; there are {string.Join(", ", Names)}.", nameof(part));
        bool withHeads = !prefixes.Any(prefix => prefix is "transformer." or "transformer.decoder.");
        FreezeBelow(model.Parameters.Where(parameter => withHeads || !Heads.Any(head => parameter.Name.Contains(head, StringComparison.Ordinal))), prefixes);
    }

    /// <summary>Freezes all but the mask head: the second of two stages, in which a detector that is ready gets its masks.</summary>
    /// <param name="model">A model with a mask head.</param>
    /// <exception cref="ArgumentException">It has none, so that nothing would be left to train.</exception>
    public static void FreezeDetector(DetrModel model)
    {
        if (model.MaskHead is null)
        {
            throw new ArgumentException("Without a mask head a frozen detector leaves nothing to train.", nameof(model));
        }

        FreezeBelow(model.Parameters, [model.Prefix]);
    }

    private static void FreezeBelow(IEnumerable<Parameter> parameters, string[] prefixes)
    {
        foreach (Parameter parameter in parameters)
        {
            if (Array.Exists(prefixes, prefix => parameter.Name.Contains(prefix, StringComparison.Ordinal)))
            {
                parameter.Trainable = false;
            }
        }
    }
}
