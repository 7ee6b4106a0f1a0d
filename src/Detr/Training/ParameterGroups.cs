using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Which parameters learn at which rate.</summary>
internal static class ParameterGroups
{
    private const float SamplingShare = 0.1f;

    /// <summary>The groups in the reference's order: the model, its backbone and, in Deformable DETR, what says where is looked, at a tenth of the rate.</summary>
    /// <param name="trained">The parameters.</param>
    /// <param name="options">The rates.</param>
    /// <param name="variant">The detector.</param>
    internal static IEnumerable<ParameterGroup> Of(IReadOnlyList<Parameter> trained, TrainingOptions options, DetrVariant variant)
    {
        ILookup<Place, Parameter> places = trained.ToLookup(parameter => PlaceOf(parameter.Name, variant));
        yield return new ParameterGroup("model", [.. places[Place.Model]], options.LearningRate, options.WeightDecay);
        yield return new ParameterGroup("backbone", [.. places[Place.Backbone]], options.BackboneLearningRate, options.WeightDecay);
        if (variant == DetrVariant.DeformableDetr)
        {
            yield return new ParameterGroup("sampling", [.. places[Place.Sampling]], SamplingShare * options.LearningRate, options.WeightDecay);
        }
    }

    private static Place PlaceOf(string name, DetrVariant variant)
    {
        if (name.Contains("backbone", StringComparison.Ordinal))
        {
            return Place.Backbone;
        }

        bool samples = name.Contains("reference_points", StringComparison.Ordinal) || name.Contains("sampling_offsets", StringComparison.Ordinal);
        return samples && variant == DetrVariant.DeformableDetr ? Place.Sampling : Place.Model;
    }

    private enum Place
    {
        Model,
        Backbone,
        Sampling,
    }
}
