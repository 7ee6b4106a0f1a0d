using Detr.Models;
using Detr.Onnx.Graph;
using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Parts;

/// <summary>What every exported model takes and gives, so that a program that runs one runs them all.</summary>
internal static class ModelInterface
{
    private const string Batch = "batch", Height = "height", Width = "width";

    internal static (string Image, string Mask) Inputs(OnnxGraph graph) =>
    (
        graph.Input(
            "image", DataType.Float, [Batch, 3, Height, Width],
            "RGB from 0 to 1, less the mean (0.485, 0.456, 0.406), divided by the deviation (0.229, 0.224, 0.225); zero where padded"),
        graph.Input("mask", DataType.Bool, [Batch, Height, Width], "true where the image is padded: all false for an image alone")
    );

    /// <summary>A detector's outputs.</summary>
    internal static void Outputs(OnnxGraph graph, Predictions predictions, DetrOptions options)
    {
        // What cells propose can be less than there are queries: all of them, in a small image.
        bool isProposed = options.Variant == DetrVariant.Dino || (options.Variant == DetrVariant.DeformableDetr && options.Deformable.TwoStage);
        Outputs(graph, predictions, isProposed ? "queries" : options.AllQueries, options.ClassLogits, options.Scoring);
    }

    /// <summary>The outputs.</summary>
    internal static void Outputs(OnnxGraph graph, Predictions predictions, GraphAxis queries, int logits, ClassScoring scoring)
    {
        graph.Output(predictions.Logits, "pred_logits", [Batch, queries, logits], scoring == ClassScoring.Softmax
            ? "scores before the softmax; the last class is no-object"
            : "scores before the sigmoid, each class for itself; there is no no-object");
        graph.Output(predictions.Boxes, "pred_boxes", [Batch, queries, 4], "centre x and y, width and height, from 0 to 1 over the image without its padding");
    }
}
