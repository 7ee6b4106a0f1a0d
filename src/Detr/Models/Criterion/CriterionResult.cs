using Detr.Tensors;

namespace Detr.Models;

/// <summary>What the criterion found.</summary>
/// <param name="Total">The weighted sum that training lowers, one number.</param>
/// <param name="Losses">Every part by the reference's name (loss_ce, loss_bbox_0 …), unweighted, and what is only logged.</param>
/// <param name="Matches">For the last layer, each image's pairs of query and object.</param>
public sealed record CriterionResult(Tensor Total, IReadOnlyDictionary<string, float> Losses, IReadOnlyList<(int Query, int Target)[]> Matches);
