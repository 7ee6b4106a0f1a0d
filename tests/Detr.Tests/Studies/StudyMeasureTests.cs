using Detr.Explain;
using Detr.Figures;
using Detr.Studies;

namespace Detr.Tests.Studies;

/// <summary>What studies compute of boxes, attention and matches, in cases whose answer is plain.</summary>
public sealed class StudyMeasureTests
{
    [Fact]
    public void A_query_with_one_place_explains_its_centres_wholly()
    {
        QueryBox left = new(0, 0.2f, 0.5f, 0.1f, 0.1f), right = new(1, 0.8f, 0.5f, 0.95f, 0.9f);
        IReadOnlyList<QuerySpecialization> queries = QuerySpecialization.Of([left, left, right, right], 3);
        Assert.Equal([2, 2, 0], queries.Select(query => query.Boxes));
        Assert.Equal((1.0, 0.0, 0.0, 0.0), (queries[0].Small, queries[0].Wide, queries[0].Tall, queries[0].Whole));
        Assert.Equal((0.0, 1.0, 0.0, 1.0), (queries[1].Small, queries[1].Wide, queries[1].Tall, queries[1].Whole));
        Assert.Equal(0, queries[0].Spread, 1e-6);
        Assert.Equal(1, QuerySpecialization.Explained(queries), 1e-6);
    }

    [Fact]
    public void Queries_whose_boxes_lie_as_all_do_explain_nothing()
    {
        QueryBox[] boxes = [.. from query in Enumerable.Range(0, 2) from x in new[] { 0.2f, 0.8f } select new QueryBox(query, x, 0.5f, 0.2f, 0.9f)];
        IReadOnlyList<QuerySpecialization> queries = QuerySpecialization.Of(boxes, 2);
        Assert.All(queries, query => Assert.Equal((0.5, 0.3, 1.0), (Math.Round(query.CentreX, 5), Math.Round(query.Spread, 5), query.Tall)));
        Assert.Equal(0, QuerySpecialization.Explained(queries), 1e-6);
        Assert.Equal(0, QuerySpecialization.Explained(QuerySpecialization.Of([], 2)));
    }

    [Fact]
    public void Keys_lead_by_what_all_queries_give_them()
    {
        // Six queries: all attend to key 4 in the first picture; in the second each to itself.
        AttentionMap anchor = Map((_, key) => key == 4 ? 1 : 0), own = Map((query, key) => query == key ? 1 : 0);
        AttendedKeys alone = AttendedKeys.Of(2, [anchor, anchor]);
        Assert.Equal((2, 4), (alone.Layer, alone.Leading[0]));
        Assert.Equal(1, alone.TopShare, 1e-6);
        Assert.Equal(1, alone.EffectiveKeys, 1e-5);
        Assert.Equal(1.0 / 6, alone.OwnShare, 1e-6);
        Assert.Equal(1, alone.Agreement, 1e-6);
        AttendedKeys even = AttendedKeys.Of(0, [own]);
        Assert.Equal(6, even.EffectiveKeys, 1e-5);
        Assert.Equal(1, even.OwnShare, 1e-6);
        Assert.Equal(5.0 / 6, even.LeadingShare, 1e-6);
        AttendedKeys both = AttendedKeys.Of(0, [anchor, own]);
        Assert.Equal(7.0 / 12, both.TopShare, 1e-6);
        Assert.Equal(Enumerable.Range(0, 36).Select(i => (anchor.Values[i] + own.Values[i]) / 2), AttendedKeys.Mean([anchor, own]).Values);
    }

    [Fact]
    public void Matches_that_change_are_counted_by_object_and_by_query()
    {
        // Two objects swap their queries; another goes from query 3 to query 5; the last one stays.
        ObjectMatching before = new([[0, 1], [3, 2]]), after = new([[1, 0], [5, 2]]);
        Assert.Equal(0.75, after.ChangedShare(before));
        Assert.Equal((2 + 2) / 2.0, after.Instability(before));
        Assert.Equal(0, after.Instability(after));
        Assert.Equal([0.25, 0.25, 0.25, 0, 0, 0.25], after.Shares(6));
        Assert.Equal(0, new ObjectMatching([[]]).ChangedShare(new ObjectMatching([[]])));
        Assert.Equal([7, 4, 9], ObjectMatching.ByObject([(4, 1), (7, 0), (9, 2)]));
    }

    [Fact]
    public void Even_shares_count_all_and_one_share_counts_one()
    {
        Assert.Equal(4, Evenness.EffectiveCount([0.25, 0.25, 0.25, 0.25]), 1e-9);
        Assert.Equal(1, Evenness.EffectiveCount([0, 1, 0]), 1e-9);
    }

    private static AttentionMap Map(Func<int, int, float> value) => new(6, 6, [.. from query in Enumerable.Range(0, 6) from key in Enumerable.Range(0, 6) select value(query, key)]);
}
