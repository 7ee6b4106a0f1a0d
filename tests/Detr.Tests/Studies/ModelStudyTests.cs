using Detr.Explain;
using Detr.Figures;
using Detr.Studies;

namespace Detr.Tests.Studies;

/// <summary>Studies that look into a model: what their findings say follows from the numbers.</summary>
public sealed class ModelStudyTests
{
    [Fact]
    public void Heads_are_ranked_and_the_dearest_is_named()
    {
        AttentionPlace cross = new(AttentionKind.DecoderCross, 1), self = new(AttentionKind.EncoderSelf, 0);
        StudyResult result = HeadsStudy.Report(
            "toy", 0.5, [(new AttentionHead(self, 0), 0.001), (new AttentionHead(self, 1), 0.002), (new AttentionHead(cross, 0), 0.2), (new AttentionHead(cross, 1), -0.01)], [(self, 0.1), (cross, 0.4)]);
        Assert.Equal(["decoder.cross:1:0", "encoder.self:0:1", "encoder.self:0:0", "decoder.cross:1:1"], result.Tables[1].Rows.Select(row => row.Label));
        Assert.Equal(0.3, result.Tables[1].Rows[0].Values[1]!.Value, 1e-9);
        Assert.Equal([0.4, 0.2, 0.095], result.Tables[0].Rows[1].Values.Select(value => Math.Round(value!.Value, 9)));
        Assert.Contains("Of 4 heads 3 can be off", result.Finding, StringComparison.Ordinal);
        Assert.Contains("most single heads can be spared", result.Finding, StringComparison.Ordinal);
        Assert.Contains("decoder.cross:1:0 (20.0)", result.Finding, StringComparison.Ordinal);
        Assert.Contains("all heads of decoder cross-attention in layer 1 40.0 points", result.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Queries_with_places_are_said_to_have_them()
    {
        QueryBox[] boxes = [.. from scene in Enumerable.Range(0, 4) from query in Enumerable.Range(0, 5) select new QueryBox(query, 0.1f + (0.2f * query), 0.5f, 0.1f, 0.1f)];
        StudyResult result = SpecialisationStudy.Report("toy", boxes, 5);
        Assert.Equal(5, Assert.Single(result.Tables).Rows.Count);
        Assert.Contains("explains 100 % of the variance", result.Finding, StringComparison.Ordinal);
        Assert.Contains("None ever answers with a box as large as the picture", result.Finding, StringComparison.Ordinal);
        Assert.Contains("4 scenes", result.Tables[0].Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "there are anchors")]
    [InlineData(false, "no query is an anchor")]
    public void Anchors_are_told_from_even_attention(bool hasAnchor, string said)
    {
        const int Queries = 20;
        float[] row = [.. Enumerable.Range(0, Queries).Select(key => hasAnchor ? (key < 2 ? 0.5f : 0f) : 1f / Queries)];
        AttentionMap map = new(Queries, Queries, [.. Enumerable.Range(0, Queries).SelectMany(_ => row)]);
        StudyResult result = AnchorsStudy.Report("toy", [[map, map], [map, map]]);
        Assert.Contains(said, result.Finding, StringComparison.Ordinal);
        Assert.Equal(2, result.Tables[0].Rows.Count);
        Assert.Equal(2, result.Figures.Count);
    }

    [Fact]
    public void A_matching_that_settles_is_said_to()
    {
        ObjectMatching early = new([[0, 1, 2, 3]]), middle = new([[1, 0, 3, 2]]), late = new([[1, 0, 3, 2]]);
        StudyResult result = MatchingStudy.Report([(100, early), (200, middle), (300, late)], 8, 1);
        Assert.Equal(new double?[] { null, 1, 0 }, result.Tables[0].Rows.Select(row => row.Values[0]));
        Assert.Equal(new double?[] { null, 4, 0 }, result.Tables[0].Rows.Select(row => row.Values[1]));
        Assert.Contains("matching is unstable early and settles", result.Finding, StringComparison.Ordinal);
        Assert.Contains("of at most 8.00", result.Finding, StringComparison.Ordinal);
        Assert.Equal(8, result.Tables[1].Rows.Count);
    }
}
