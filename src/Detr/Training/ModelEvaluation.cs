using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Runs a model over a data set and scores what it finds.</summary>
public static class ModelEvaluation
{
    private const int BatchSize = 8;

    /// <summary>Evaluates a model on pictures of one size.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">The pictures.</param>
    /// <param name="backend">Where.</param>
    /// <param name="progress">Hears how many pictures are done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The figures, and every detection in COCO's results format.</returns>
    public static (EvaluationSummary Summary, IReadOnlyList<DetectionResult> Detections) Evaluate(
        IDetectionModel model, IDetectionDataset dataset, IBackend backend, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        List<TrueObject> truth = [];
        List<DetectionResult> found = [];
        List<long> imageIds = [];
        ForwardContext context = new(backend) { CancellationToken = cancellationToken };
        for (int start = 0; start < dataset.Count; start += BatchSize)
        {
            int[] indices = [.. Enumerable.Range(start, Math.Min(BatchSize, dataset.Count - start))];
            DetectionBatch batch = BatchBuilder.Build([.. indices.Select(index => (dataset.Load(index), new BoxTargets([], [])))], indices);
            using Scope scope = context.Scope();
            DetrOutput output = model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding);
            for (int i = 0; i < indices.Length; i++)
            {
                ImageAnnotations image = dataset.Annotations(indices[i]);
                imageIds.Add(image.Id);
                truth.AddRange(image.Objects.Select(item => new TrueObject(
                    image.Id, dataset.Categories[item.Category].Id, new ResultBox(item.X0, item.Y0, item.X1 - item.X0, item.Y1 - item.Y0), item.Area, item.IsCrowd)));
                found.AddRange(PostProcess.Run(output, i, image.Width, image.Height, dataset.Categories).Select(detection => new DetectionResult(
                    image.Id, detection.LabelId, new ResultBox(detection.X0, detection.Y0, detection.X1 - detection.X0, detection.Y1 - detection.Y0), detection.Score)));
            }

            progress?.Invoke(start + indices.Length);
        }

        return (CocoEvaluator.Evaluate(truth, found, imageIds, dataset.Categories.Select(category => category.Id)), found);
    }
}
