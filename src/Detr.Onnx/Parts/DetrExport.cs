using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>DETR or one of its successors, whole: image and mask in, classes and boxes out.</summary>
internal static class DetrExport
{
    /// <summary>The model as a graph.</summary>
    internal static OnnxGraph Build(DetrModel model)
    {
        OnnxGraph graph = new("DETR");
        LayerExport layers = new(graph, model.Parameters);
        (string image, string mask) = ModelInterface.Inputs(graph);
        Predictions predictions = model.Options.Variant switch
        {
            DetrVariant.Detr => OriginalDetrExport.Add(layers, model, image, mask),
            DetrVariant.ConditionalDetr => ConditionalDetrExport.Add(layers, model, image, mask),
            DetrVariant.DabDetr or DetrVariant.DnDetr => DabDetrExport.Add(layers, model, image, mask),
            DetrVariant.DeformableDetr => DeformableDetrExport.Add(layers, model, image, mask),
            DetrVariant.Dino => DinoExport.Add(layers, model, image, mask),
            DetrVariant other => throw new ArgumentException($"A {other} cannot be written as ONNX.", nameof(model)),
        };
        ModelInterface.Outputs(graph, predictions, model.Options);
        return graph;
    }
}
