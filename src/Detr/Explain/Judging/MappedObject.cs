using Detr.Data;
using Detr.Data.Evaluation;

namespace Detr.Explain;

/// <summary>An object that was found in a scene, and its maps.</summary>
/// <param name="Detection">What found it.</param>
/// <param name="Label">Its class, by its place among the model's logits.</param>
/// <param name="Truth">The object, with its mask.</param>
/// <param name="Maps">[rows, columns] of the scene's placement, by the method's name or that of a yardstick of <see cref="SceneJudge"/>.</param>
public sealed record MappedObject(Detection Detection, int Label, TrueObject Truth, IReadOnlyDictionary<string, float[]> Maps);
