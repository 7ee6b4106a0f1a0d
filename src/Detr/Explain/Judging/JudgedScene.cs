namespace Detr.Explain;

/// <summary>A scene's objects that were found, and what their maps are worth.</summary>
/// <param name="Index">Which scene.</param>
/// <param name="Objects">The objects, surest first.</param>
public sealed record JudgedScene(int Index, IReadOnlyList<JudgedObject> Objects);
