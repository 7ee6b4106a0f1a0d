using Detr.Tensors;

namespace Detr.Models;

/// <summary>What an encoder layer reads beside the cells' values.</summary>
/// <param name="Tokens">The cells, with their positions as attention adds them.</param>
/// <param name="Middles">Each cell's middle on every level, [batch, cells, levels, 2]; null where attention does not ask.</param>
internal sealed record EncoderLayerInputs(ImageTokens Tokens, Tensor? Middles);
