namespace Detr.Explain;

/// <summary>All methods, by name.</summary>
public static class RelevanceMethods
{
    /// <summary>The methods, the recommended one first.</summary>
    public static IReadOnlyList<IRelevanceMethod> All { get; } =
    [
        new Relevance(),
        new Relevance { Name = "relevance-no-normalization", Normalizes = false },
        new Relevance { Name = "relevance-no-self-attention", UsesSelfAttention = false },
        new Relevance { Name = "relevance-no-aggregation", Aggregates = false },
        new Relevance { Name = "relevance-lrp", Fusion = HeadFusion.GradientWeightedRelevance },
        new RawAttention(),
        new GradCam(),
        new Rollout(),
        new PartialLrp(),
        new TransformerAttribution(),
    ];

    /// <summary>A method by its name, or null.</summary>
    /// <param name="name">The name, in any case.</param>
    public static IRelevanceMethod? Find(string name) => All.FirstOrDefault(method => string.Equals(method.Name, name, StringComparison.OrdinalIgnoreCase));
}
