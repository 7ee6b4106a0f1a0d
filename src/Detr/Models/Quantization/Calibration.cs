using Detr.Data;
using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>Finds the ranges of a backbone's activations, which a backbone in eight bits is made with.</summary>
public static class Calibration
{
    /// <summary>Runs a model's backbone, in single precision, over typical pictures.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pictures">Some dozens of pictures like those that it will see; none makes no ranges.</param>
    /// <param name="backend">Where.</param>
    /// <param name="progress">Hears how many pictures are done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static ActivationRanges Run(DetrModel model, IEnumerable<RgbImage> pictures, IBackend backend, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ActivationRanges ranges = new();
        ForwardContext context = new(backend) { ActivationObserver = ranges, CancellationToken = cancellationToken };
        ResizeShortSide resize = model.Options.Resize();
        int done = 0;
        foreach (RgbImage picture in pictures)
        {
            (RgbImage resized, BoxTargets none) = resize.Apply(picture, new BoxTargets([], []), new RandomStream(0));
            using DetectionBatch batch = BatchBuilder.Build([(resized, none)], [0]);
            using Scope scope = context.Scope();
            model.Backbone.Forward(context, context.Upload(batch.Shape, batch.Pixels));
            progress?.Invoke(++done);
        }

        return ranges;
    }
}
