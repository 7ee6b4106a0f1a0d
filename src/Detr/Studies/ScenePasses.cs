using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Studies;

/// <summary>Sends scenes through a model, for studies that look at its answers one by one.</summary>
internal static class ScenePasses
{
    private const int BatchSize = 8;

    /// <summary>The model's answers, batch by batch; each is valid until the next is asked for.</summary>
    /// <param name="workshop">Where.</param>
    /// <param name="model">The model.</param>
    /// <param name="scenes">The scenes, of one size.</param>
    /// <param name="doing">What progress calls it.</param>
    /// <param name="observer">Sees attention; null when nobody looks.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal static IEnumerable<(DetectionBatch Batch, DetrOutput Output)> Run(
        StudyWorkshop workshop, DetrModel model, IDetectionDataset scenes, string doing, IAttentionObserver? observer, CancellationToken cancellationToken)
    {
        ForwardContext context = new(workshop.Backend) { CancellationToken = cancellationToken, AttentionObserver = observer };
        int done = 0;
        foreach (DetectionBatch batch in new BatchLoader(scenes, [model.Options.Resize()], BatchSize, seed: 0).InOrder(cancellationToken))
        {
            using DetectionBatch current = batch;
            using Scope scope = context.Scope();
            yield return (batch, model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding));
            workshop.Progress?.Invoke(new StudyProgress(doing, (double)(done += batch.Count) / scenes.Count));
        }
    }
}
