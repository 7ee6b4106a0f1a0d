using Detr.Tensors;

namespace Detr.Models;

/// <summary>How a DETR begins when nothing is loaded: as in the reference, layer by layer.</summary>
public static class DetrInitialization
{
    /// <summary>Sets every parameter; buffers keep what they have.</summary>
    /// <param name="model">The model.</param>
    /// <param name="random">The random numbers.</param>
    public static void Initialize(DetrModel model, RandomStream random)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            bool isSet = parameter.IsBuffer
                || (model.Options.Variant is DetrVariant.DeformableDetr or DetrVariant.Dino && DeformableInitialization.TryInitialize(parameter, model, random));
            if (!isSet)
            {
                Initialize(parameter, model.Options, random);
            }
        }
    }

    private static void Initialize(Parameter parameter, DetrOptions options, RandomStream random)
    {
        string name = parameter.Name;
        bool inTransformer = name.Contains("transformer.", StringComparison.Ordinal);
        if (name.Contains("row_embed", StringComparison.Ordinal) || name.Contains("col_embed", StringComparison.Ordinal))
        {
            Initialization.Uniform(parameter, random, 0.5);
            parameter.Write(Array.ConvertAll(parameter.ToArray(), value => value + 0.5f));
        }
        else if (name.EndsWith("query_embed.weight", StringComparison.Ordinal))
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
        else if (inTransformer && parameter.Shape.Rank == 2)
        {
            Initialization.Xavier(parameter, random);
        }
        else if (inTransformer && name.Contains("linear", StringComparison.Ordinal))
        {
            Initialization.FanIn(parameter, random, name.Contains("linear1", StringComparison.Ordinal) ? options.Transformer.Channels : options.Transformer.FeedForward);
        }
        else if (!inTransformer)
        {
            int fanIn = name.Contains("input_proj", StringComparison.Ordinal) ? options.Backbone.OutputChannels : options.Transformer.Channels;
            Initialization.FanIn(parameter, random, fanIn);
        }
    }

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
