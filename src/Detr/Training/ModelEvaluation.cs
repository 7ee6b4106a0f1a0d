using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Runs a model over a data set and scores what it finds.</summary>
public static class ModelEvaluation
{
    private const int BatchSize = 8;

    /// <summary>Evaluates a model. Pictures are decoded in the background and never padded, so that none changes another's result; models with a dilated stage, whose maps are four times as large, see one at a time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="categories">What the model's classes are called; they are matched to the data set's by name.</param>
    /// <param name="dataset">The pictures.</param>
    /// <param name="resize">How large the model sees them; null for as they are.</param>
    /// <param name="backend">Where.</param>
    /// <param name="progress">Hears how many pictures are done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidDataException">A picture is damaged, or model and data set share no category.</exception>
    public static EvaluationResult Evaluate(
        IDetectionModel model, IReadOnlyList<Category> categories, IDetectionDataset dataset, ResizeShortSide? resize, IBackend backend,
        Action<int>? progress = null, CancellationToken cancellationToken = default)
        => Score(dataset, Find(model, categories, dataset, resize, new ForwardContext(backend) { CancellationToken = cancellationToken }, AuxiliaryOutputs.None, progress)[^1]);

    /// <summary>Evaluates what a model says after each of its decoder layers, in one pass.</summary>
    /// <param name="model">The model.</param>
    /// <param name="categories">What the model's classes are called; they are matched to the data set's by name.</param>
    /// <param name="dataset">The pictures.</param>
    /// <param name="resize">How large the model sees them; null for as they are.</param>
    /// <param name="backend">Where.</param>
    /// <param name="heads">Switches attention heads off; null for none.</param>
    /// <param name="progress">Hears how many pictures are done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One evaluation a layer, the last layer's last.</returns>
    /// <exception cref="InvalidDataException">A picture is damaged, or model and data set share no category.</exception>
    public static IReadOnlyList<EvaluationResult> EvaluateLayers(
        IDetectionModel model, IReadOnlyList<Category> categories, IDetectionDataset dataset, ResizeShortSide? resize, IBackend backend,
        IHeadMask? heads = null, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ForwardContext context = new(backend) { CancellationToken = cancellationToken, HeadMask = heads };
        return [.. Find(model, categories, dataset, resize, context, AuxiliaryOutputs.Decoder, progress).Select(found => Score(dataset, found))];
    }

    /// <summary>Scores detections of a data set.</summary>
    /// <param name="dataset">The pictures.</param>
    /// <param name="found">What was found in them, in COCO's results format.</param>
    public static EvaluationResult Score(IDetectionDataset dataset, IReadOnlyList<DetectionResult> found)
    {
        ImageAnnotations[] images = [.. Enumerable.Range(0, dataset.Count).Select(dataset.Annotations)];
        IEnumerable<TrueObject> truth = images.SelectMany(image => image.Objects.Select(item => new TrueObject(
            image.Id, dataset.Categories[item.Category].Id, new ResultBox(item.X0, item.Y0, item.X1 - item.X0, item.Y1 - item.Y0), item.Area, item.IsCrowd)));
        EvaluationSummary summary = CocoEvaluator.Evaluate(truth, found, images.Select(image => image.Id), dataset.Categories.Select(category => category.Id));
        return new EvaluationResult(summary, found, dataset);
    }

    /// <summary>What is found after each decoder layer that the pass is asked for, the last one last.</summary>
    private static List<DetectionResult>[] Find(
        IDetectionModel model, IReadOnlyList<Category> categories, IDetectionDataset dataset, ResizeShortSide? resize, ForwardContext context, AuxiliaryOutputs auxiliary,
        Action<int>? progress)
    {
        CategoryMatch match = new(categories, dataset.Categories);
        List<DetectionResult>[] found = [];
        BatchLoader loader = new(dataset, resize is null ? [] : [resize], model is DetrModel { Options.Backbone.Dilation: true } ? 1 : BatchSize, seed: 0);
        int done = 0;
        foreach (DetectionBatch batch in loader.InOrder(context.CancellationToken))
        {
            using DetectionBatch current = batch;
            using Scope scope = context.Scope();
            DetrOutput output = model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding, auxiliary);
            DetrOutput[] layers = [.. output.Auxiliary, output];
            found = found.Length == 0 ? [.. layers.Select(_ => new List<DetectionResult>())] : found;
            for (int layer = 0; layer < layers.Length; layer++)
            {
                found[layer].AddRange(Detections(layers[layer], batch, dataset, categories, match));
            }

            progress?.Invoke(done += batch.Count);
        }

        return found.Length == 0 ? [[]] : found;
    }

    private static IEnumerable<DetectionResult> Detections(DetrOutput output, DetectionBatch batch, IDetectionDataset dataset, IReadOnlyList<Category> categories, CategoryMatch match)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            ImageAnnotations image = dataset.Annotations(batch.Indices[i]);
            foreach (Detection detection in PostProcess.Run(output, i, image.Width, image.Height, categories))
            {
                if (match.DatasetId(detection.LabelId) is { } category)
                {
                    yield return new DetectionResult(
                        image.Id, category, new ResultBox(detection.X0, detection.Y0, detection.X1 - detection.X0, detection.Y1 - detection.Y0), detection.Score);
                }
            }
        }
    }
}
