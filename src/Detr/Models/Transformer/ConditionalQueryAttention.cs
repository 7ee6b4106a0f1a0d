using Detr.Tensors;

namespace Detr.Models;

/// <summary>Self-attention of object queries in which what a query is and where it is have projections of their own (Meng et al. 2021, figure 2).</summary>
internal sealed class ConditionalQueryAttention : IQueryAttention
{
    private readonly TransformerOptions _options;
    private readonly string _name;
    private readonly Linear _queryContent;
    private readonly Linear _queryPosition;
    private readonly Linear _keyContent;
    private readonly Linear _keyPosition;
    private readonly Linear _value;
    private readonly Linear _output;

    /// <summary>Adds the attention's parameters.</summary>
    /// <param name="parameters">Takes sa_…_proj and self_attn.out_proj under the layer's name.</param>
    /// <param name="layer">The layer's name.</param>
    /// <param name="options">The shape.</param>
    internal ConditionalQueryAttention(ParameterSet parameters, string layer, TransformerOptions options)
    {
        (_options, _name) = (options, $"{layer}.self_attn");
        _queryContent = Projection("sa_qcontent_proj");
        _queryPosition = Projection("sa_qpos_proj");
        _keyContent = Projection("sa_kcontent_proj");
        _keyPosition = Projection("sa_kpos_proj");
        _value = Projection("sa_v_proj");
        _output = Projection("self_attn.out_proj");

        Linear Projection(string part) => new(parameters, $"{layer}.{part}", options.Channels, options.Channels);
    }

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, Tensor x, DecoderLayerInputs inputs)
    {
        using Scope scope = context.Scope();
        Tensor position = inputs.Position.Embedding;
        Tensor query = context.Add(_queryContent.Forward(context, x), _queryPosition.Forward(context, position));
        Tensor key = context.Add(_keyContent.Forward(context, x), _keyPosition.Forward(context, position));
        Tensor attended = context.Attention(_name, query, key, _value.Forward(context, x), _options.Heads, bias: inputs.SelfAttentionBias, dropout: _options.Dropout);
        return scope.Keep(_output.Forward(context, attended));
    }
}
