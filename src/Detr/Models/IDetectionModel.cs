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
    /// <param name="auxiliary">Whether the earlier decoder layers' predictions are wanted.</param>
    DetrOutput Forward(ForwardContext context, Tensor image, PaddingMask padding, bool auxiliary = false);
}
