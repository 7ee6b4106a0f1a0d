using Detr.Explain;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>What losing each head costs the objects of a picture.</summary>
public static class HeadRankingFigure
{
    /// <summary>Draws a grid of layers and heads for each attention.</summary>
    /// <param name="ranking">The ranking.</param>
    public static RgbImage Draw(HeadRanking ranking) => HeadGridFigure.Draw(
        FormattableString.Invariant($"One head off: by how much the scores of {ranking.Objects.Count} objects fall"), [.. ranking.Heads.Select(cost => (cost.Head, cost.ScoreFall))], "fall of the score, mean over objects");
}
