using Detr.Tensors;

namespace Detr.Models;

/// <summary>How a detector begins when nothing is loaded: as in its reference, layer by layer.</summary>
public static class DetrInitialization
{
    // Where each class has a sigmoid: −ln 99, one in a hundred for each class, so that few answers are wrong at first (Lin et al. 2017, RetinaNet, section 4.1).
    internal const float RareClass = -4.59511985f;

    /// <summary>Sets every parameter; buffers keep what they have.</summary>
    /// <param name="model">The model.</param>
    /// <param name="random">The random numbers.</param>
    public static void Initialize(DetrModel model, RandomStream random)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            bool isSet = parameter.IsBuffer
                || (model.Options.HasDeformableAttention && DeformableInitialization.TryInitialize(parameter, model, random));
            if (!isSet)
            {
                Initialize(parameter, model, random);
            }
        }
    }

    private static void Initialize(Parameter parameter, DetrModel model, RandomStream random)
    {
        string name = parameter.Name, owner = Owner(name);
        bool isBoxHead = name.Contains("bbox_embed.", StringComparison.Ordinal), inTransformer = !isBoxHead && name.Contains("transformer.", StringComparison.Ordinal);
        if (name.Contains("row_embed", StringComparison.Ordinal) || name.Contains("col_embed", StringComparison.Ordinal))
        {
            Initialization.Uniform(parameter, random, 0.5);
            parameter.Write(Array.ConvertAll(parameter.ToArray(), value => value + 0.5f));
        }
        else if (owner is "query_embed" or "refpoint_embed" or "label_enc" or "patterns")
        {
            Initialization.Normal(parameter, random, 1);
        }
        else if (name.Contains("backbone.0.", StringComparison.Ordinal))
        {
            if (parameter.Shape.Rank == 4)
            {
                Initialization.HeFanOut(parameter, random);
            }
        }
        else if (MaskHead.Owns(name))
        {
            InitializeMaskHead(parameter, random);
        }
        else if (model.Options.Scoring == ClassScoring.Sigmoid && owner == "class_embed" && parameter.Shape.Rank == 1)
        {
            Initialization.Fill(parameter, RareClass);
        }
        else if (model.Options.Variant != DetrVariant.Detr && isBoxHead && owner == "2")
        {
            // Boxes begin at their queries' reference points.
            Initialization.Fill(parameter, 0f);
        }
        else if (inTransformer && parameter.Shape.Rank == 2)
        {
            Initialization.Xavier(parameter, random);
        }
        else if (!inTransformer)
        {
            Initialization.FanIn(parameter, random, name.Contains("input_proj", StringComparison.Ordinal) ? model.Options.Backbone.OutputChannels : model.Options.Transformer.Channels);
        }
        else if (owner != "out_proj" && name.EndsWith(".bias", StringComparison.Ordinal) && model.Parameters[$"{name[..^4]}weight"].Shape is { Rank: 2 } weight)
        {
            Initialization.FanIn(parameter, random, weight[1]);
        }
    }

    /// <summary>What a parameter belongs to: the last but one part of its name.</summary>
    private static string Owner(string name) => name.Split('.') is [.., string owner, _] ? owner : string.Empty;

    /// <summary>Attention as the transformer's, convolutions with the variance of their input's (He et al. 2015 for a layer without ReLU), norms and terms as they are.</summary>
    private static void InitializeMaskHead(Parameter parameter, RandomStream random)
    {
        if (parameter.Shape.Rank == 4)
        {
            Initialization.Uniform(parameter, random, Math.Sqrt(3.0 / (parameter.Length / parameter.Shape[0])));
        }
        else if (parameter.Shape.Rank == 2)
        {
            Initialization.Xavier(parameter, random);
        }
    }
}
