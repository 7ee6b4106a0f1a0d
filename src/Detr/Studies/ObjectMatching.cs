namespace Detr.Studies;

/// <summary>Which object query the matcher gives each object of a data set to.</summary>
/// <param name="Queries">For each picture, the query of each of its objects.</param>
public sealed record ObjectMatching(IReadOnlyList<IReadOnlyList<int>> Queries)
{
    /// <summary>How many objects there are.</summary>
    public int Objects => Queries.Sum(picture => picture.Count);

    /// <summary>The share of objects that another query has than before.</summary>
    /// <param name="before">The matching of the same pictures at another time.</param>
    public double ChangedShare(ObjectMatching before)
        => Objects == 0 ? 0 : (double)Queries.Zip(before.Queries, (now, then) => now.Zip(then).Count(pair => pair.First != pair.Second)).Sum() / Objects;

    /// <summary>
    /// The instability of Li et al. (DN-DETR, 2022, section 3.2): queries that have another object than before, or one where they had none,
    /// or none where they had one; the mean over pictures. At most twice the objects of a picture.
    /// </summary>
    /// <param name="before">The matching of the same pictures at another time.</param>
    public double Instability(ObjectMatching before)
        => Queries.Count == 0 ? 0 : Queries.Zip(before.Queries, Different).Average();

    /// <summary>The share of objects that each query has.</summary>
    /// <param name="queries">How many queries there are.</param>
    public double[] Shares(int queries)
    {
        double[] shares = new double[queries];
        foreach (int query in Queries.SelectMany(picture => picture))
        {
            shares[query] += 1.0 / Objects;
        }

        return shares;
    }

    /// <summary>The query of each object, of pairs as matchers make them.</summary>
    /// <param name="pairs">Pairs of query and object, each object once.</param>
    internal static int[] ByObject(IEnumerable<(int Query, int Target)> pairs) => [.. pairs.OrderBy(pair => pair.Target).Select(pair => pair.Query)];

    private static int Different(IReadOnlyList<int> now, IReadOnlyList<int> then)
    {
        Dictionary<int, int> before = then.Index().ToDictionary(pair => pair.Item, pair => pair.Index), after = now.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        return before.Keys.Union(after.Keys).Count(query => !before.TryGetValue(query, out int old) || !after.TryGetValue(query, out int current) || old != current);
    }
}
