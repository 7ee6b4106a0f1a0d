using Detr.Tensors;

namespace Detr.Models;

/// <summary>What a <see cref="MaskHead"/> reads of a detector's pass, so that masks can be made of chosen queries afterwards.</summary>
/// <param name="Queries">What the queries became in the last decoder layer, [batch, queries, channels].</param>
/// <param name="Memory">What the encoder made of the cells, [batch, cells, channels].</param>
/// <param name="Projected">The encoder's input without positions, [batch, height, width, channels].</param>
/// <param name="Cells">How the cells lie, and which are padding.</param>
/// <param name="Padding">Which of the image's pixels are padding.</param>
/// <param name="Features">The maps of all of the backbone's stages, the finest first, [batch, height, width, channels] each.</param>
public sealed record MaskInputs(Tensor Queries, Tensor Memory, Tensor Projected, PaddingMask Cells, PaddingMask Padding, IReadOnlyList<Tensor> Features);
