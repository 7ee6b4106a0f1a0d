using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Begins a model with what fits of another's weights.</summary>
/// <param name="Kept">Names of tensors that were taken over.</param>
/// <param name="Dropped">Names of tensors that the new model lacks or has in another shape.</param>
/// <param name="Missing">Names of the new model's tensors that keep what they have.</param>
public sealed record PretrainedWeights(IReadOnlyList<string> Kept, IReadOnlyList<string> Dropped, IReadOnlyList<string> Missing)
{
    /// <summary>Copies weights by name and shape. Of query embeddings the first ones are taken where their number differs.</summary>
    /// <param name="source">The model to take from.</param>
    /// <param name="target">The model to begin.</param>
    public static PretrainedWeights Copy(ParameterSet source, ParameterSet target)
    {
        List<string> kept = [], missing = [];
        foreach (Parameter parameter in target)
        {
            if (source.Contains(parameter.Name) && Fits(source[parameter.Name], parameter))
            {
                float[] values = source[parameter.Name].ToArray();
                float[] own = parameter.ToArray();
                values.AsSpan(0, Math.Min(values.Length, own.Length)).CopyTo(own);
                parameter.Write(own);
                kept.Add(parameter.Name);
            }
            else
            {
                missing.Add(parameter.Name);
            }
        }

        return new PretrainedWeights(kept, [.. source.Select(parameter => parameter.Name).Except(kept, StringComparer.Ordinal)], missing);
    }

    private static bool Fits(Parameter source, Parameter target)
        => source.Shape.SequenceEqual(target.Shape)
            || (target.Name.EndsWith("query_embed.weight", StringComparison.Ordinal) && source.Shape[1] == target.Shape[1]);
}
