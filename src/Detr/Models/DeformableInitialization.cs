using Detr.Tensors;

namespace Detr.Models;

/// <summary>What begins otherwise in Deformable DETR and DINO than in other detectors, as in their authors' programs.</summary>
internal static class DeformableInitialization
{
    // The logit of a side at first, where boxes lie near points and have no size of their own.
    private const float SmallSide = -2;

    /// <summary>Sets a parameter, unless it begins as in other detectors.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="model">Its model.</param>
    /// <param name="random">The random numbers.</param>
    /// <returns>Whether it is set.</returns>
    internal static bool TryInitialize(Parameter parameter, DetrModel model, RandomStream random)
    {
        string[] parts = parameter.Name.Split('.');
        (string leaf, string owner) = (parts[^1], parts.Length > 1 ? parts[^2] : string.Empty);
        bool isBias = leaf == "bias", isClassHead = Has("class_embed"), isBoxHead = Has("bbox_embed");
        if (owner == "tgt_embed" || leaf == "level_embed")
        {
            Initialization.Normal(parameter, random, 1);
        }
        else if (isClassHead && isBias)
        {
            Initialization.Fill(parameter, DetrInitialization.RareClass);
        }
        else if (isBoxHead && owner == "2")
        {
            parameter.Write(isBias ? LastBoxBias(parameter.Name, model.Options) : new float[parameter.Length]);
        }
        else if (isClassHead || isBoxHead)
        {
            Initialization.FanIn(parameter, random, model.Options.Transformer.Channels);
        }
        else if (owner is "sampling_offsets" or "attention_weights")
        {
            // The offsets' bias, which sends each head its own way, begins as it is: all samples depend on nothing else yet.
            if (owner == "attention_weights" || !isBias)
            {
                parameter.Write(new float[parameter.Length]);
            }
        }
        else if (owner is "value_proj" or "output_proj" or "reference_points" || parts is [.., "input_proj", _, "0", _])
        {
            if (isBias)
            {
                parameter.Write(new float[parameter.Length]);
            }
            else
            {
                Initialization.Xavier(parameter, random);
            }
        }
        else
        {
            // What is left of the maps' projections are norms, which are as they begin.
            return parts.Contains("input_proj", StringComparer.Ordinal);
        }

        return true;

        bool Has(string head) => Array.Exists(parts, part => part.EndsWith(head, StringComparison.Ordinal));
    }

    /// <summary>Boxes begin at their reference points; where these are points only, with small sides.</summary>
    private static float[] LastBoxBias(string name, DetrOptions options)
        => options is { Variant: DetrVariant.DeformableDetr, Deformable.TwoStage: false } && name.Contains("bbox_embed.0.", StringComparison.Ordinal)
            ? [0, 0, SmallSide, SmallSide]
            : new float[4];
}
