using Detr.Tensors;

namespace Detr.Models;

/// <summary>What stands around each part of a transformer's layer: x + dropout(part(x)), with a norm of the sum or, where the model is pre-norm, of what the part sees.</summary>
/// <param name="parameters">Takes the norm's parameters.</param>
/// <param name="norm">The norm's name.</param>
/// <param name="options">The shape.</param>
internal sealed class Residual(ParameterSet parameters, string norm, TransformerOptions options)
{
    private readonly LayerNorm _norm = new(parameters, norm, options.Channels);

    /// <summary>Lets a part add to what tokens are.</summary>
    /// <param name="context">The pass; its scope takes what comes in between.</param>
    /// <param name="x">What the tokens are, [batch, tokens, channels].</param>
    /// <param name="part">The part.</param>
    /// <returns>[batch, tokens, channels].</returns>
    internal Tensor Around(ForwardContext context, Tensor x, Func<Tensor, Tensor> part) => options.PreNorm
        ? context.Add(x, context.Dropout(part(_norm.Forward(context, x)), options.Dropout))
        : _norm.Forward(context, context.Add(x, context.Dropout(part(x), options.Dropout)));
}
