using Detr.Tensors;

namespace Detr.Models;

/// <summary>What a decoder layer reads beside the queries.</summary>
/// <param name="Memory">The encoder's result.</param>
/// <param name="PlacedMemory">The same with the cells' positions added, for layers that attend to the sum; null where none does.</param>
/// <param name="Position">Where the queries are, as encoded for this layer.</param>
/// <param name="Points">The queries' reference points in this layer, [batch, queries, 2 or 4], from 0 to 1; null where there are none.</param>
/// <param name="SelfAttentionBias">Added to the scores of queries for each other, [queries, queries]; null for nothing.</param>
internal sealed record DecoderLayerInputs(ImageTokens Memory, Tensor? PlacedMemory, QueryPosition Position, Tensor? Points, Tensor? SelfAttentionBias);
