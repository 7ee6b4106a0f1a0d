namespace Detr.Explain;

/// <summary>Whose sampling points are wanted.</summary>
public sealed record SamplingRequest
{
    /// <summary>The object queries; null for those whose score is over <see cref="Threshold"/>, or the surest one if none is.</summary>
    public IReadOnlyList<int>? Queries { get; init; }

    /// <summary>The least score where <see cref="Queries"/> is null.</summary>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>The most bytes that points may take.</summary>
    public long MemoryLimit { get; init; } = AttentionCapture.DefaultMemoryLimit;
}
