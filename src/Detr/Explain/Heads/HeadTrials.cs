using Detr.Models;
using Detr.Tensors;

namespace Detr.Explain;

/// <summary>
/// Sends the same images through a model again and again, each time with other heads off: once through the backbone, and through the
/// encoder only where heads of the encoder are off.
/// </summary>
internal sealed class HeadTrials
{
    private readonly DetrModel _model;
    private readonly ForwardContext _context;
    private readonly ImageTokens _tokens;
    private readonly ImageTokens _memory;

    /// <summary>Does what all passes share; the context's scope, in which this happens, has to outlive them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="context">The pass; its head mask is set anew for each trial and is none afterwards.</param>
    /// <param name="image">[batch, 3, height, width], normalised, zero where padded.</param>
    /// <param name="padding">Which pixels are padding.</param>
    internal HeadTrials(DetrModel model, ForwardContext context, Tensor image, PaddingMask padding)
    {
        (_model, _context) = (model, context);
        context.HeadMask = null;
        _tokens = model.Tokenize(context, image, padding);
        _memory = model.Encode(context, _tokens);
    }

    /// <summary>Predicts.</summary>
    /// <param name="off">What is off; null for nothing.</param>
    /// <returns>The predictions, in the context's scope.</returns>
    internal DetrOutput Run(HeadsOff? off)
    {
        _context.HeadMask = off;
        try
        {
            bool encodes = off?.Selections.Any(selection => selection.Kind == AttentionKind.EncoderSelf) ?? false;
            return _model.Decode(_context, encodes ? _model.Encode(_context, _tokens) : _memory);
        }
        finally
        {
            _context.HeadMask = null;
        }
    }
}
