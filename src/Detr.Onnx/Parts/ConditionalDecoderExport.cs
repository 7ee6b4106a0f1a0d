using Detr.Models;
using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>Conditional DETR's decoder layers, in which content and place attend apart (Meng et al. 2021, figure 2).</summary>
internal sealed class ConditionalDecoderExport
{
    private readonly LayerExport _layers;
    private readonly TransformerOptions _options;
    private readonly string _name;
    private readonly string _memory;
    private readonly string _memoryPosition;
    private readonly string _attentionBias;

    /// <summary>Takes note of what all layers look at.</summary>
    /// <param name="layers">Takes the nodes.</param>
    /// <param name="name">The decoder's name in the model.</param>
    /// <param name="options">The shape.</param>
    /// <param name="map">The encoder's input.</param>
    /// <param name="memory">The encoder's result.</param>
    internal ConditionalDecoderExport(LayerExport layers, string name, TransformerOptions options, FeatureMapExport map, string memory)
    {
        (_layers, _name, _options, _memory, _attentionBias) = (layers, name, options, memory, map.AttentionBias);

        // Positions stand beside contents, so that a batch of one, or no positions at all, would not do.
        GraphPart part = layers.Graph.Part(name);
        string position = options.HasPositionInDecoder ? map.Position : layers.Graph.Weights($"{name}.no_position", [1, 1, options.Channels], new float[options.Channels]);
        _memoryPosition = part.Expand(position, part.Shape(memory));
    }

    /// <summary>One layer.</summary>
    /// <param name="layer">Its number.</param>
    /// <param name="x">What the queries are, [1 or batch, queries, channels].</param>
    /// <param name="position">Where they are, of the same shape.</param>
    /// <param name="sine">The sines of their reference points, of the same shape.</param>
    /// <returns>[batch, queries, channels].</returns>
    internal string Layer(int layer, string x, string position, string sine)
    {
        string name = $"{_name}.layers.{layer}";
        x = _layers.AddAndNorm(x, AttendToQueries(name, x, position), $"{name}.norm1");
        x = _layers.AddAndNorm(x, AttendToImage(name, x, layer == 0 ? position : null, sine), $"{name}.norm2");
        return _layers.AddAndNorm(x, _layers.FeedForward(x, name), $"{name}.norm3");
    }

    private string AttendToQueries(string name, string x, string position)
    {
        GraphPart part = _layers.Graph.Part($"{name}.self_attn");
        HeadsExport heads = new(part, _options.Channels, _options.Heads);
        string query = part.Add(_layers.Linear(x, $"{name}.sa_qcontent_proj", heads.Scale()), _layers.Linear(position, $"{name}.sa_qpos_proj", heads.Scale()));
        string key = part.Add(_layers.Linear(x, $"{name}.sa_kcontent_proj"), _layers.Linear(position, $"{name}.sa_kpos_proj"));
        string value = _layers.Linear(x, $"{name}.sa_v_proj");
        return _layers.Linear(heads.Attend(heads.Split(query), heads.Split(key), heads.Split(value), null), $"{name}.self_attn.out_proj");
    }

    /// <summary>In the first layer positions are added to the contents, too: there queries are nothing yet.</summary>
    private string AttendToImage(string name, string x, string? firstPosition, string sine)
    {
        GraphPart part = _layers.Graph.Part($"{name}.cross_attn");
        HeadsExport heads = new(part, _options.Channels, _options.Heads);
        float scale = heads.Scale(times: 2);
        string query = _layers.Linear(x, $"{name}.ca_qcontent_proj", scale), key = _layers.Linear(_memory, $"{name}.ca_kcontent_proj");
        string place = _layers.Linear(_memoryPosition, $"{name}.ca_kpos_proj");
        if (firstPosition is not null)
        {
            query = part.Add(query, _layers.Linear(firstPosition, $"{name}.ca_qpos_proj", scale));
            key = part.Add(key, place);
        }

        string queries = heads.Split(query, _layers.Linear(sine, $"{name}.ca_qpos_sine_proj", scale));
        string values = heads.Split(_layers.Linear(_memory, $"{name}.ca_v_proj"));
        return _layers.Linear(heads.Attend(queries, heads.Split(key, place), values, _attentionBias), $"{name}.cross_attn.out_proj");
    }
}
