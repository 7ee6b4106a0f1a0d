using Detr.Tensors;

namespace Detr.Models;

/// <summary>Where queries are, as a decoder layer is told.</summary>
/// <param name="Embedding">What is added to queries, [1 or batch, queries, channels].</param>
/// <param name="Sine">What stands beside them where they attend to cells by place (Meng et al. 2021, section 3.3), [batch, queries, channels]; null where they do not.</param>
internal readonly record struct QueryPosition(Tensor Embedding, Tensor? Sine = null);
