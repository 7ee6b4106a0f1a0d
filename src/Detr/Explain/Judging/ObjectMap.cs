using Detr.Data.Evaluation;

namespace Detr.Explain;

/// <summary>A map to judge, and the object that it is of.</summary>
/// <param name="Label">The object's class, by its place among the model's logits; not no-object.</param>
/// <param name="Box">Its box, in shares of the picture.</param>
/// <param name="Map">[rows, columns] of the picture's placement.</param>
public readonly record struct ObjectMap(int Label, ResultBox Box, ReadOnlyMemory<float> Map);
