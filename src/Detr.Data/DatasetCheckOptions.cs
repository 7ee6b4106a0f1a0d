namespace Detr.Data;

/// <summary>How closely <see cref="DatasetCheck"/> looks.</summary>
public sealed record DatasetCheckOptions
{
    /// <summary>Whether every photograph is decoded and not only its header read: slow, but it finds files that are cut off.</summary>
    public bool Decode { get; init; }

    /// <summary>The most objects that the model can find on one photograph; null for no limit.</summary>
    public int? Queries { get; init; }
}
