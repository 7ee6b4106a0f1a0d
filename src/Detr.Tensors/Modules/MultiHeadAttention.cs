namespace Detr.Tensors;

/// <summary>Multi-head attention with its four projections (Vaswani et al. 2017, section 3.2.2).</summary>
public sealed class MultiHeadAttention
{
    private readonly int _channels;
    private readonly int _heads;
    private readonly float _dropout;
    private readonly string _name;
    private readonly Parameter _inputWeight;
    private readonly Parameter _inputBias;
    private readonly Linear _output;

    /// <summary>Adds the attention's parameters.</summary>
    /// <param name="parameters">Takes in_proj_weight [3 · channels, channels], in_proj_bias and out_proj.</param>
    /// <param name="name">The attention's name; observers and head masks know it by it.</param>
    /// <param name="channels">Channels of a token.</param>
    /// <param name="heads">Heads; divides the channels.</param>
    /// <param name="dropout">The chance that a probability is dropped in training.</param>
    public MultiHeadAttention(ParameterSet parameters, string name, int channels, int heads, float dropout)
    {
        if (channels % heads != 0)
        {
            throw new ArgumentException($"{heads} heads do not divide {channels} channels.", nameof(heads));
        }

        (_name, _channels, _heads, _dropout) = (name, channels, heads, dropout);
        _inputWeight = parameters.Add($"{name}.in_proj_weight", [3 * channels, channels]);
        _inputBias = parameters.Add($"{name}.in_proj_bias", [3 * channels]);
        _output = new Linear(parameters, $"{name}.out_proj", channels, channels);
    }

    /// <summary>Lets each query gather values from the keys it attends to.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="query">[batch, queries, channels].</param>
    /// <param name="key">[batch, keys, channels].</param>
    /// <param name="value">[batch, keys, channels].</param>
    /// <param name="keyPadding">Keys to pass over, or null.</param>
    /// <param name="bias">Added to the scores, [queries, keys], or null; a constant.</param>
    /// <returns>[batch, queries, channels].</returns>
    public Tensor Forward(ForwardContext context, Tensor query, Tensor key, Tensor value, PaddingMask? keyPadding = null, Tensor? bias = null)
    {
        using Scope scope = context.Scope();
        Tensor attended = context.Attention(
            _name, Project(context, query, 0), Project(context, key, 1), Project(context, value, 2), _heads, keyPadding, bias, _dropout);
        return scope.Keep(_output.Forward(context, attended));
    }

    private Tensor Project(ForwardContext context, Tensor x, int part) => context.Linear(
        x, context.Slice(_inputWeight, 0, part * _channels, _channels), context.Slice(_inputBias, 0, part * _channels, _channels));
}
