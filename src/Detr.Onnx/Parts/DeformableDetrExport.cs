using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Tensors;

namespace Detr.Onnx.Parts;

/// <summary>Deformable DETR between the image and its predictions: plain, with boxes that each layer refines, or in two stages.</summary>
/// <param name="layers">Takes the nodes.</param>
/// <param name="model">The model.</param>
internal sealed class DeformableDetrExport(LayerExport layers, DetrModel model)
{
    private readonly OnnxGraph _graph = layers.Graph;
    private readonly DetrOptions _options = model.Options;
    private readonly string _prefix = model.Prefix;
    private readonly string _name = $"{model.Prefix}transformer";
    private readonly ReferenceExport _reference = new(layers.Graph, model.Options.Transformer.Channels, DeformableDetr.Epsilon);

    internal static Predictions Add(LayerExport layers, DetrModel model, string image, string mask)
        => new DeformableDetrExport(layers, model).Add(new PyramidExport(layers, model, image, mask));

    private Predictions Add(PyramidExport pyramid)
    {
        DeformableTransformerExport transformer = new(layers, _name, _options, pyramid);
        bool twoStage = _options.Deformable.TwoStage;
        (string x, string position, string points) = twoStage ? Proposed(pyramid, transformer.Memory) : Learned();
        bool areBoxes = twoStage;
        int last = _options.Transformer.DecoderLayers - 1;
        for (int i = 0; i <= last; i++)
        {
            x = areBoxes ? transformer.LayerWithinBoxes(i, x, position, points) : transformer.LayerAroundPoints(i, x, position, points);
            if (i == last || _options.Deformable.BoxRefinement)
            {
                points = Moved(x, i, points, areBoxes);
                areBoxes = true;
            }
        }

        return new Predictions(layers.Linear(x, ClassHead(last)), points);
    }

    /// <summary>What does not depend on the image: a runtime computes it once.</summary>
    private (string Content, string Position, string Points) Learned()
    {
        GraphPart part = _graph.Part($"{_prefix}query_embed");
        int channels = _options.Transformer.Channels;
        Parameter embedding = layers.Parameters[$"{_prefix}query_embed.weight"];
        string both = _graph.Weights(embedding.Name, [1, _options.Queries, 2 * channels], embedding.AsSpan());
        (string position, string content) = Halves(part, both, channels);
        return (content, position, part.Sigmoid(layers.Linear(position, $"{_name}.reference_points")));
    }

    private (string Content, string Position, string Points) Proposed(PyramidExport pyramid, string memory)
    {
        GraphPart part = _graph.Part($"{_name}.pos_trans");
        int heads = _options.Transformer.DecoderLayers, channels = _options.Transformer.Channels;
        CellProposalsExport proposals = new(layers, _name, channels, pyramid, memory);
        string scores = part.Gather(layers.Linear(proposals.Cells, ClassHead(heads)), _graph.Scalar(0L), 2);
        string points = proposals.Best(scores, proposals.Count(scores, _options.Queries), BoxHead(heads));
        string both = layers.LayerNorm(layers.Linear(_reference.Sines(points, 0, 1, 2, 3), $"{_name}.pos_trans"), $"{_name}.pos_trans_norm");
        (string position, string content) = Halves(part, both, channels);
        return (content, position, points);
    }

    private (string First, string Second) Halves(GraphPart part, string both, int channels) => (
        part.Slice(both, 2, _graph.List(0), _graph.List(channels)),
        part.Slice(both, 2, _graph.List(channels), _graph.List(2 * channels)));

    private string Moved(string x, int layer, string points, bool areBoxes)
    {
        string offsets = layers.Perceptron(x, BoxHead(layer), count: 3);
        return areBoxes ? _reference.BoxesNear(points, offsets) : _reference.BoxesNearPoints(points, _options.Queries, offsets);
    }

    // The model's names: a head for each layer where boxes are refined, and one more for what cells propose.
    private string BoxHead(int layer) => _options.Deformable.BoxRefinement ? $"{_name}.decoder.bbox_embed.{layer}" : $"{_prefix}bbox_embed.0";

    private string ClassHead(int layer) => _options.Deformable switch
    {
        { TwoStage: true } => $"{_name}.decoder.class_embed.{layer}",
        { BoxRefinement: true } => $"{_prefix}class_embed.{layer}",
        _ => $"{_prefix}class_embed.0",
    };
}
