using Detr.Tensors;

namespace Detr.Models;

/// <summary>What a mask head reads of an image that went through the backbone.</summary>
/// <param name="Projected">The last stage's map with the transformer's channels, [batch, rows, columns, channels].</param>
/// <param name="Padding">Which pixels are padding.</param>
/// <param name="Stages">The backbone's maps, the largest first.</param>
internal sealed record MaskSource(Tensor Projected, PaddingMask Padding, IReadOnlyList<Tensor> Stages);
