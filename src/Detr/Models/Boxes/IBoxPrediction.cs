using Detr.Tensors;

namespace Detr.Models;

/// <summary>Says where boxes are after a decoder layer, and moves reference points from layer to layer.</summary>
internal interface IBoxPrediction
{
    /// <summary>The boxes after a layer.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="values">Its result as heads read it, [batch, queries, channels].</param>
    /// <param name="points">The reference points that the layer had.</param>
    /// <returns>[batch, queries, 4]: centre x and y, width and height, from 0 to 1.</returns>
    Tensor Predict(ForwardContext context, int layer, Tensor values, ReferencePoints points);

    /// <summary>The next layer's reference points.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="layer">The number of the layer that is done.</param>
    /// <param name="x">Its result before the norm, [batch, queries, channels].</param>
    /// <param name="predicted">What <see cref="Predict"/> said after it; null where nobody asked.</param>
    /// <param name="points">The reference points that it had.</param>
    ReferencePoints Move(ForwardContext context, int layer, Tensor x, Tensor? predicted, ReferencePoints points);

    /// <summary>The boxes that the encoder's cells hold, read as queries are after the last layer.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="cells">The encoder's result.</param>
    /// <returns>[batch, cells, 4]: centre x and y, width and height, from 0 to 1.</returns>
    Tensor OfCells(ForwardContext context, ImageTokens cells);
}
