using Detr.Tensors;

namespace Detr.Models;

/// <summary>Which parts of a model training changes.</summary>
public static class TrainableParts
{
    /// <summary>Freezes the stem and the first stage of a pretrained backbone, as the reference always does.</summary>
    /// <param name="parameters">The model's parameters.</param>
    public static void FreezeAsTheReference(ParameterSet parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Name.Contains("backbone.0.body.conv1.", StringComparison.Ordinal) || parameter.Name.Contains("backbone.0.body.layer1.", StringComparison.Ordinal))
            {
                parameter.Trainable = false;
            }
        }
    }
}
