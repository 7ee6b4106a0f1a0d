namespace Detr.Studies;

/// <summary>How evenly something is shared.</summary>
internal static class Evenness
{
    /// <summary>e to the power of the entropy: n for n equal shares, 1 where one has all.</summary>
    /// <param name="shares">At least 0; they sum to 1.</param>
    internal static double EffectiveCount(IEnumerable<double> shares) => Math.Exp(-shares.Where(share => share > 0).Sum(share => share * Math.Log(share)));
}
