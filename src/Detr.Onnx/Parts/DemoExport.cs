using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>The fifty-line DETR of the paper's appendix. It has the same inputs as every other model and does not look at the mask.</summary>
internal static class DemoExport
{
    /// <summary>The model as a graph.</summary>
    internal static OnnxGraph Build(DemoModel model)
    {
        OnnxGraph graph = new("DETR");
        LayerExport layers = new(graph, model.Parameters);
        Parameter queries = model.Parameters["query_pos"];

        (string image, _) = ModelInterface.Inputs(graph);
        string features = new BackboneExport(layers, "backbone.", new BackboneOptions()).Add(image);
        string position = new PositionEncodingExport(layers).Learned(features, "row_embed", "col_embed");
        GraphPart input = graph.Part("input");
        string source = input.Add(input.Multiply(layers.Tokens(features, "conv"), graph.Scalar(DemoModel.FeatureScale)), position);
        string start = graph.Weights(queries.Name, [1, queries.Shape[0], queries.Shape[1]], queries.AsSpan());
        string decoded = new TransformerExport(layers, "transformer.", model.Options).Add(source, null, null, null, start, null);
        Predictions predictions = new(layers.Linear(decoded, "linear_class"), graph.Part("linear_bbox").Sigmoid(layers.Linear(decoded, "linear_bbox")));
        ModelInterface.Outputs(graph, predictions, queries.Shape[0], model.Parameters["linear_class.bias"].Length, ClassScoring.Softmax);
        return graph;
    }
}
