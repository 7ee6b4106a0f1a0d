namespace Detr.Explain;

/// <summary>How a score changes while cells of a picture are taken away, or given back.</summary>
/// <param name="Shares">The share of the cells that were changed, from 0 to 1, upwards.</param>
/// <param name="Scores">The score at each; as many.</param>
public sealed record PerturbationCurve(IReadOnlyList<double> Shares, IReadOnlyList<double> Scores)
{
    /// <summary>The area under the curve, by the trapezoidal rule: the mean score. Of a good map, small in deletion and large in insertion.</summary>
    public double Area => Enumerable.Range(1, Math.Max(0, Shares.Count - 1)).Sum(i => (Shares[i] - Shares[i - 1]) * (Scores[i] + Scores[i - 1]) / 2);
}
