using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;
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
    {
        ForwardContext context = new(backend) { CancellationToken = cancellationToken };
        return Score(dataset, Find(model, categories, dataset, resize, context, (image, padding) => [model.Forward(context, image, padding)], progress)[0]);
    }

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
        return [.. Find(model, categories, dataset, resize, context, Layers, progress).Select(found => Score(dataset, found))];

        IEnumerable<DetrOutput> Layers(Tensor image, PaddingMask padding)
        {
            DetrOutput output = model.Forward(context, image, padding, AuxiliaryOutputs.Decoder);
            return [.. output.Auxiliary, output];
        }
    }

    /// <summary>Evaluates a model again and again, each time without other attention heads; pictures go through the backbone once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="categories">What the model's classes are called; they are matched to the data set's by name.</param>
    /// <param name="dataset">The pictures, at least one.</param>
    /// <param name="resize">How large the model sees them; null for as they are.</param>
    /// <param name="backend">Where.</param>
    /// <param name="trials">The heads that are off in each evaluation; null for none.</param>
    /// <param name="progress">Hears how many pictures are done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One evaluation a trial.</returns>
    /// <exception cref="InvalidDataException">A picture is damaged, or model and data set share no category.</exception>
    public static IReadOnlyList<EvaluationResult> EvaluateHeads(
        DetrModel model, IReadOnlyList<Category> categories, IDetectionDataset dataset, ResizeShortSide? resize, IBackend backend,
        IReadOnlyList<HeadsOff?> trials, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ForwardContext context = new(backend) { CancellationToken = cancellationToken };
        return [.. Find(model, categories, dataset, resize, context, Trials, progress).Select(found => Score(dataset, found))];

        IEnumerable<DetrOutput> Trials(Tensor image, PaddingMask padding)
        {
            HeadTrials passes = new(model, context, image, padding);
            foreach (HeadsOff? off in trials)
            {
                using Scope scope = context.Scope();
                yield return passes.Run(off);
            }
        }
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

    /// <summary>What each of the answers to a batch finds, in their order; at least one list.</summary>
    private static List<List<DetectionResult>> Find(
        IDetectionModel model, IReadOnlyList<Category> categories, IDetectionDataset dataset, ResizeShortSide? resize, ForwardContext context,
        Func<Tensor, PaddingMask, IEnumerable<DetrOutput>> answers, Action<int>? progress)
    {
        CategoryMatch match = new(categories, dataset.Categories);
        List<List<DetectionResult>> found = [[]];
        BatchLoader loader = new(dataset, resize is null ? [] : [resize], model is DetrModel { Options.Backbone.Dilation: true } ? 1 : BatchSize, seed: 0);
        int done = 0;
        foreach (DetectionBatch batch in loader.InOrder(context.CancellationToken))
        {
            using DetectionBatch current = batch;
            using Scope scope = context.Scope();
            foreach ((int i, DetrOutput output) in answers(context.Upload(batch.Shape, batch.Pixels), batch.Padding).Index())
            {
                if (i == found.Count)
                {
                    found.Add([]);
                }

                found[i].AddRange(Detections(output, (model as DetrModel)?.Options.Answers ?? output.Boxes.Shape[1], batch, dataset, categories, match));
            }

            progress?.Invoke(done += batch.Count);
        }

        return found;
    }

    private static IEnumerable<DetectionResult> Detections(
        DetrOutput output, int count, DetectionBatch batch, IDetectionDataset dataset, IReadOnlyList<Category> categories, CategoryMatch match)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            ImageAnnotations image = dataset.Annotations(batch.Indices[i]);
            Detection[] answers = output.Scoring == ClassScoring.Sigmoid
                ? PostProcess.Largest(output, i, image.Width, image.Height, categories, count)
                : PostProcess.Run(output, i, image.Width, image.Height, categories);
            foreach (Detection detection in answers)
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
