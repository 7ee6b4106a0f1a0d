using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>Changes a picture and its boxes together.</summary>
public interface ITransform
{
    /// <summary>The changed sample.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="targets">Its objects.</param>
    /// <param name="random">All chance comes from here.</param>
    (RgbImage Image, BoxTargets Targets) Apply(RgbImage image, BoxTargets targets, RandomStream random);
}
