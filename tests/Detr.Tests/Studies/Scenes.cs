using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Training;

namespace Detr.Tests.Studies;

/// <summary>Evaluations whose figures are known: generated scenes, and detections made up of their objects.</summary>
internal static class Scenes
{
    /// <summary>An evaluation that finds a share of all objects exactly, and some of these once more, a little off.</summary>
    /// <param name="found">The share of objects that are found, from 0 to 1.</param>
    /// <param name="twice">The share of these that are found twice.</param>
    /// <param name="size">Pixels along each side of a scene, which its objects' sizes follow.</param>
    internal static EvaluationResult Evaluated(double found, double twice = 0, int size = 64)
    {
        ShapesDataset scenes = new(40, 3, new ShapesOptions { Size = size });
        (long Image, int Category, ResultBox Box)[] objects =
        [
            .. Enumerable.Range(0, scenes.Count).Select(scenes.Annotations).SelectMany(image => image.Objects.Select(item => (
                image.Id, scenes.Categories[item.Category].Id, new ResultBox(item.X0, item.Y0, item.X1 - item.X0, item.Y1 - item.Y0)))),
        ];
        List<DetectionResult> detections = [];
        for (int i = 0; i < objects.Length; i++)
        {
            (long image, int category, ResultBox box) = objects[i];
            if (Part(i) < found)
            {
                double score = 0.6 + (0.3 * Part(i + 3));
                detections.Add(new DetectionResult(image, category, box, score));
                if (Part(i + 7) < twice)
                {
                    // Nearly as sure as the exact one, so that it comes before others that are right.
                    detections.Add(new DetectionResult(image, category, box with { X = box.X + (0.1 * box.Width) }, score - 0.0001));
                }
            }
        }

        return ModelEvaluation.Score(scenes, detections);

        // Spreads evenly over the objects.
        static double Part(int i) => i * 0.6180339887 % 1;
    }
}
