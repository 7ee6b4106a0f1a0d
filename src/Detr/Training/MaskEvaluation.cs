using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Runs a model with a mask head over a data set and scores the masks of all its queries.</summary>
public static class MaskEvaluation
{
    /// <summary>COCO's figures of masks. Pictures go through one at a time, and of each every query through the mask head.</summary>
    /// <param name="model">A model with a mask head.</param>
    /// <param name="categories">What the model's classes are called; they are matched to the data set's by name.</param>
    /// <param name="dataset">The pictures, with masks.</param>
    /// <param name="resize">How large the model sees them; null for as they are.</param>
    /// <param name="backend">Where.</param>
    /// <param name="progress">Hears how many pictures are done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The model has no mask head.</exception>
    /// <exception cref="InvalidDataException">A picture or a mask is damaged, model and data set share no category, or the data set has no masks.</exception>
    public static EvaluationResult Evaluate(
        DetrModel model, IReadOnlyList<Category> categories, IDetectionDataset dataset, ResizeShortSide? resize, IBackend backend,
        Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        MaskHead head = model.MaskHead ?? throw new ArgumentException("The model has no mask head, so that there are no masks to score.", nameof(model));
        CategoryMatch match = new(categories, dataset.Categories);
        ForwardContext context = new(backend) { CancellationToken = cancellationToken };
        BatchLoader loader = new(dataset, resize is null ? [] : [resize], 1, seed: 0);
        List<DetectionResult> found = [];
        List<TrueObject> truth = [];
        int done = 0;
        foreach (DetectionBatch batch in loader.InOrder(cancellationToken))
        {
            using DetectionBatch current = batch;
            using Scope scope = context.Scope();
            ImageAnnotations image = dataset.Annotations(batch.Indices[0]);
            truth.AddRange(Truth(dataset, batch.Indices[0], image));
            DetrOutput output = model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding, AuxiliaryOutputs.Masks);
            Detection[] detections = [.. PostProcess.Run(output, 0, image.Width, image.Height, categories).Where(detection => match.DatasetId(detection.LabelId) is not null)];
            foreach ((Detection detection, RunLengthMask mask) in MaskPixels.Decide(context, head, output, 0, detections, image.Width, image.Height))
            {
                found.Add(new DetectionResult(image.Id, match.DatasetId(detection.LabelId)!.Value, mask.Bounds(), detection.Score) { Mask = mask });
            }

            progress?.Invoke(++done);
        }

        EvaluationSummary summary = CocoEvaluator.Evaluate(
            truth, found, Enumerable.Range(0, dataset.Count).Select(index => dataset.Annotations(index).Id), dataset.Categories.Select(category => category.Id), EvaluationKind.Mask);
        return new EvaluationResult(summary, found, dataset);
    }

    private static IEnumerable<TrueObject> Truth(IDetectionDataset dataset, int index, ImageAnnotations image)
    {
        IReadOnlyList<RunLengthMask> masks = dataset.Masks(index)
            ?? throw new InvalidDataException($"{image.FileName} has no masks to score against; score boxes, or data that was annotated with masks.");
        return image.Objects.Select((item, place) => new TrueObject(
            image.Id, dataset.Categories[item.Category].Id, new ResultBox(item.X0, item.Y0, item.X1 - item.X0, item.Y1 - item.Y0), item.Area, item.IsCrowd) { Mask = masks[place] });
    }
}
