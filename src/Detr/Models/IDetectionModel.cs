using Detr.Tensors;

namespace Detr.Models;

/// <summary>A model that turns images into a set of boxes.</summary>
public interface IDetectionModel
{
    /// <summary>All parameters and buffers.</summary>
    ParameterSet Parameters { get; }

    /// <summary>Predicts.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="image">[batch, 3, height, width], normalised, zero where padded.</param>
    /// <param name="padding">Which pixels are padding.</param>
    /// <param name="auxiliary">Which predictions are wanted beside the last decoder layer's.</param>
    /// <param name="denoising">Noised objects that are to be restored, in training; null for none, and where the model knows none.</param>
    DetrOutput Forward(
        ForwardContext context, Tensor image, PaddingMask padding, AuxiliaryOutputs auxiliary = AuxiliaryOutputs.None, DenoisingQueries? denoising = null);
}
