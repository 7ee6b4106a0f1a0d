namespace Detr.Models;

/// <summary>How much of published weights is in the cache.</summary>
public enum CachedState
{
    /// <summary>Nothing.</summary>
    Absent,

    /// <summary>The beginning, left by a download that was stopped; the next download goes on from there.</summary>
    Partial,

    /// <summary>A file of the right name whose SHA-256 is not the published one.</summary>
    Damaged,

    /// <summary>The whole file, its SHA-256 checked.</summary>
    Whole,
}
