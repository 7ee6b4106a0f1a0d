using Detr.Explain;
using Detr.Figures;

namespace Detr.Studies;

/// <summary>Which keys a decoder layer's queries attend to, over a data set.</summary>
/// <param name="Layer">The decoder layer, from 0.</param>
/// <param name="Leading">The keys that draw most attention in all pictures together, the first one most.</param>
/// <param name="TopShare">The share of all attention that the first of them draws.</param>
/// <param name="LeadingShare">The share that they draw together.</param>
/// <param name="EffectiveKeys">e to the power of the entropy of all keys' shares: as many keys as if these shared evenly.</param>
/// <param name="OwnShare">The share that a query keeps for itself, the mean over queries.</param>
/// <param name="Agreement">How many of one picture's leading keys are among those of all pictures together, as a share, the mean over pictures.</param>
public sealed record AttendedKeys(int Layer, IReadOnlyList<int> Leading, double TopShare, double LeadingShare, double EffectiveKeys, double OwnShare, double Agreement)
{
    /// <summary>How many keys are said to lead.</summary>
    public const int LeadingCount = 5;

    /// <summary>What one layer's attentions say.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="pictures">The layer's self-attention in each picture, the mean of its heads; at least one.</param>
    public static AttendedKeys Of(int layer, IReadOnlyList<AttentionMap> pictures)
    {
        float[][] shares = [.. pictures.Select(picture => AttendedQueriesFigure.Shares(picture))];
        double[] mean = [.. Enumerable.Range(0, pictures[0].Keys).Select(key => shares.Average(picture => (double)picture[key]))];
        int[] leading = Lead(mean);
        return new AttendedKeys(
            layer, leading, mean[leading[0]], leading.Sum(key => mean[key]), Evenness.EffectiveCount(mean), pictures.Average(picture => Own(picture)),
            shares.Average(picture => (double)Lead([.. picture.Select(share => (double)share)]).Intersect(leading).Count() / leading.Length));
    }

    /// <summary>The mean of several attentions.</summary>
    /// <param name="pictures">The attentions, of one shape; at least one.</param>
    public static AttentionMap Mean(IReadOnlyList<AttentionMap> pictures)
        => new(pictures[0].Queries, pictures[0].Keys, [.. Enumerable.Range(0, pictures[0].Values.Length).Select(i => pictures.Average(picture => picture.Values[i]))]);

    private static int[] Lead(double[] shares) => [.. Enumerable.Range(0, shares.Length).OrderByDescending(key => shares[key]).Take(LeadingCount)];

    private static double Own(AttentionMap attention) => Enumerable.Range(0, attention.Queries).Average(query => (double)attention.Row(query)[query]);
}
