namespace Detr.Explain;

/// <summary>An object that was found, and what its maps are worth.</summary>
/// <param name="CategoryId">Its category's number.</param>
/// <param name="Score">The detection's score.</param>
/// <param name="Area">Pixels of its mask.</param>
/// <param name="Maps">By the method's name, or that of a yardstick of <see cref="SceneJudge"/>.</param>
public sealed record JudgedObject(int CategoryId, double Score, long Area, IReadOnlyDictionary<string, JudgedMap> Maps);
