using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Attention of object queries to an image's cells, by what they are and by where they are (Meng et al. 2021, section 3.3): the two stand side by
/// side in each head, so that a score is a sum of one for the content and one for the place.
/// </summary>
internal sealed class ConditionalImageAttention : IImageAttention
{
    private readonly TransformerOptions _options;
    private readonly string _name;
    private readonly Linear _queryContent;
    private readonly Linear? _queryPosition;
    private readonly Linear _querySine;
    private readonly Linear _keyContent;
    private readonly Linear _keyPosition;
    private readonly Linear _value;
    private readonly Linear _output;

    /// <summary>Adds the attention's parameters.</summary>
    /// <param name="parameters">Takes ca_…_proj and cross_attn.out_proj under the layer's name.</param>
    /// <param name="layer">The layer's name.</param>
    /// <param name="options">The shape.</param>
    /// <param name="isFirst">Whether it is the decoder's first layer, where queries are nothing yet: there positions are added to the contents, too.</param>
    internal ConditionalImageAttention(ParameterSet parameters, string layer, TransformerOptions options, bool isFirst)
    {
        // Observers and head masks know every decoder's attention to cells by the name that it has in DETR.
        (_options, _name) = (options, $"{layer}.multihead_attn");
        _queryContent = Projection("ca_qcontent_proj");
        _queryPosition = isFirst ? Projection("ca_qpos_proj") : null;
        _keyContent = Projection("ca_kcontent_proj");
        _keyPosition = Projection("ca_kpos_proj");
        _value = Projection("ca_v_proj");
        _querySine = Projection("ca_qpos_sine_proj");
        _output = Projection("cross_attn.out_proj");

        Linear Projection(string part) => new(parameters, $"{layer}.{part}", options.Channels, options.Channels);
    }

    /// <inheritdoc/>
    public bool ReadsPlacedMemory => false;

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        (QueryPosition position, ImageTokens memory) = (inputs.Position, inputs.Memory);
        Tensor sine = position.Sine ?? throw new InvalidOperationException("These queries have no place to attend by.");
        Tensor query = _queryContent.Forward(context, x), key = _keyContent.Forward(context, memory.Values), place = _keyPosition.Forward(context, memory.Position);
        if (_queryPosition is not null)
        {
            query = context.Add(query, _queryPosition.Forward(context, position.Embedding));
            key = context.Add(key, place);
        }

        Tensor attended = context.Attention(
            _name, HeadByHead(context, query, _querySine.Forward(context, sine)), HeadByHead(context, key, place), _value.Forward(context, memory.Values),
            _options.Heads, memory.Cells, dropout: _options.Dropout);
        return scope.Keep(_output.Forward(context, attended));
    }

    /// <summary>[batch, tokens, 2 · channels]: for each head, its channels of the content, then those of the place.</summary>
    private Tensor HeadByHead(ForwardContext context, Tensor content, Tensor place)
    {
        (int batch, int tokens, int channels) = (content.Shape[0], content.Shape[1], content.Shape[2]);
        Shape heads = [batch, tokens, _options.Heads, channels / _options.Heads];
        return context.Reshape(context.Concatenate(3, context.Reshape(content, heads), context.Reshape(place, heads)), [batch, tokens, 2 * channels]);
    }
}
