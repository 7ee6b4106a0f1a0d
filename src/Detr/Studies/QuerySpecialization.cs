using Detr.Figures;

namespace Detr.Studies;

/// <summary>Where one object query's boxes lie over a data set, and what they are like.</summary>
/// <param name="Query">The object query.</param>
/// <param name="Boxes">How many boxes there are; the rest is 0 where there is none.</param>
/// <param name="CentreX">The mean of the boxes' centres, in shares of the photograph.</param>
/// <param name="CentreY">The same from above.</param>
/// <param name="Spread">The root of the centres' mean squared distance from that mean, in shares of the photograph.</param>
/// <param name="Small">The share of small boxes.</param>
/// <param name="Wide">The share of larger boxes that are wide.</param>
/// <param name="Tall">The share of larger boxes that are tall.</param>
/// <param name="Whole">The share of boxes as large as the photograph.</param>
public sealed record QuerySpecialization(int Query, int Boxes, double CentreX, double CentreY, double Spread, double Small, double Wide, double Tall, double Whole)
{
    /// <summary>Each query's, in their order.</summary>
    /// <param name="boxes">The boxes of all photographs.</param>
    /// <param name="queries">How many queries there are.</param>
    public static IReadOnlyList<QuerySpecialization> Of(IEnumerable<QueryBox> boxes, int queries)
    {
        ILookup<int, QueryBox> byQuery = boxes.ToLookup(box => box.Query);
        return [.. Enumerable.Range(0, queries).Select(query => Of(query, [.. byQuery[query]]))];
    }

    /// <summary>
    /// The share of the variance of all boxes' centres that lies between the queries' means: 0 where each query's boxes lie as all do, 1 where
    /// a query has one place.
    /// </summary>
    /// <param name="queries">All queries.</param>
    public static double Explained(IReadOnlyList<QuerySpecialization> queries)
    {
        double boxes = queries.Sum(query => query.Boxes);
        double x = queries.Sum(query => query.Boxes * query.CentreX) / boxes, y = queries.Sum(query => query.Boxes * query.CentreY) / boxes;
        double within = queries.Sum(query => query.Boxes * query.Spread * query.Spread);
        double between = queries.Sum(query => query.Boxes * (Square(query.CentreX - x) + Square(query.CentreY - y)));
        return within + between > 0 ? between / (within + between) : 0;
    }

    private static QuerySpecialization Of(int query, QueryBox[] boxes)
    {
        if (boxes.Length == 0)
        {
            return new QuerySpecialization(query, 0, 0, 0, 0, 0, 0, 0, 0);
        }

        double x = boxes.Average(box => (double)box.CentreX), y = boxes.Average(box => (double)box.CentreY);
        return new QuerySpecialization(
            query, boxes.Length, x, y, Math.Sqrt(boxes.Average(box => Square(box.CentreX - x) + Square(box.CentreY - y))),
            Share(box => box.Shape == BoxShape.Small), Share(box => box.Shape == BoxShape.Wide), Share(box => box.Shape == BoxShape.Tall), Share(box => box.IsWhole));

        double Share(Func<QueryBox, bool> has) => (double)boxes.Count(has) / boxes.Length;
    }

    private static double Square(double value) => value * value;
}
