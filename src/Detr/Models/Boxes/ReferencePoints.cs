using Detr.Tensors;

namespace Detr.Models;

/// <summary>The reference points of queries in a decoder layer: points or boxes, from 0 to 1.</summary>
/// <param name="Seen">What the layer's own computation starts from, [batch, queries, 2 or 4]; null where there are none. Mostly constants: what a layer does is not learned through the one before.</param>
/// <param name="Base">What the layer's prediction is an offset from, of the same shape; gradients go through it where a model wants them to.</param>
internal readonly record struct ReferencePoints(Tensor? Seen, Tensor? Base);
