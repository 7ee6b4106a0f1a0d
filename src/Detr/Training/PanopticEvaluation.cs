using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Runs a model with a mask head over a data set and scores the segments that it finds.</summary>
public static class PanopticEvaluation
{
    /// <summary>Panoptic quality. Pictures go through one at a time, as they do in use.</summary>
    /// <param name="model">A model with a mask head.</param>
    /// <param name="categories">What the model's classes are called; they are matched to the data set's by name.</param>
    /// <param name="dataset">The pictures with their true segments.</param>
    /// <param name="resize">How large the model sees them; null for as they are.</param>
    /// <param name="backend">Where.</param>
    /// <param name="threshold">The score that a query has to exceed for its mask to count.</param>
    /// <param name="progress">Hears how many pictures are done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The model has no mask head.</exception>
    /// <exception cref="InvalidDataException">A picture is damaged, or model and data set share no category.</exception>
    public static PanopticSummary Evaluate(
        DetrModel model, IReadOnlyList<Category> categories, IPanopticDataset dataset, ResizeShortSide? resize, IBackend backend,
        float threshold = PanopticMerge.UsualThreshold, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        MaskHead head = model.MaskHead ?? throw new ArgumentException("The model has no mask head, so that it finds no segments.", nameof(model));
        CategoryMatch match = new(categories, dataset.Categories);
        ForwardContext context = new(backend) { CancellationToken = cancellationToken };
        BatchLoader loader = new(dataset, resize is null ? [] : [resize], 1, seed: 0);
        List<PanopticMatches> images = [];
        foreach (DetectionBatch batch in loader.InOrder(cancellationToken))
        {
            using DetectionBatch current = batch;
            using Scope scope = context.Scope();
            PanopticSegmentation truth = dataset.Segmentation(batch.Indices[0]);
            DetrOutput output = model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding, AuxiliaryOutputs.Masks);
            PanopticSegmentation found = PanopticMerge.Run(context, head, output, 0, categories, threshold, truth.Map.Width, truth.Map.Height);
            images.Add(PanopticEvaluator.Match(truth, Renamed(found, match)));
            progress?.Invoke(images.Count);
        }

        return PanopticEvaluator.Summarize(dataset.PanopticCategories, images);
    }

    /// <summary>The segments by the data set's category numbers; those of categories that it lacks count for none.</summary>
    private static PanopticSegmentation Renamed(PanopticSegmentation found, CategoryMatch match)
    {
        const int None = -1;
        return PanopticSegmentation.Create(found.Map, found.Segments.Select(segment => segment with { CategoryId = match.DatasetId(segment.CategoryId) ?? None }));
    }
}
