using Detr.Tensors;

namespace Detr.Models;

/// <summary>What a decoder layer made of the queries.</summary>
/// <param name="Values">[batch, queries, channels], as heads read them.</param>
/// <param name="Boxes">[batch, queries, 4]: centre x and y, width and height, from 0 to 1.</param>
internal readonly record struct DecodedLayer(Tensor Values, Tensor Boxes);
