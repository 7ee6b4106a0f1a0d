using Detr.Tensors;

namespace Detr.Models;

/// <summary>What the two heads read from the encoder's cells, as if each cell were a query.</summary>
/// <param name="Logits">[batch, cells, classes + 1], the last class no-object.</param>
/// <param name="Boxes">[batch, cells, 4]: centre x and y, width and height, relative to the padded-off image.</param>
/// <param name="Cells">How the cells lie, row by row, and which are padding.</param>
public sealed record EncoderOutput(Tensor Logits, Tensor Boxes, PaddingMask Cells);
