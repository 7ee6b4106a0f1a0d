namespace Detr.Explain;

/// <summary>
/// How an attention's heads become one map [queries, keys]. A is a head's probabilities, G the derivative of the explained logit with
/// respect to them, P their relevance by <see cref="LayerwiseRelevance"/>.
/// </summary>
public enum HeadFusion
{
    /// <summary>mean(A).</summary>
    Mean,

    /// <summary>mean(max(G ⊙ A, 0)) (Chefer, Gur and Wolf 2021, equation 5).</summary>
    GradientWeighted,

    /// <summary>max(mean(w A), 0), w the mean of a head's G over queries and keys (after Selvaraju et al. 2017).</summary>
    GradCam,

    /// <summary>mean(P).</summary>
    MeanRelevance,

    /// <summary>mean(max(G ⊙ P, 0)).</summary>
    GradientWeightedRelevance,
}
