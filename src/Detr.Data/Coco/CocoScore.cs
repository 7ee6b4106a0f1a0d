using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>What a file of detections is worth.</summary>
/// <param name="Summary">The figures.</param>
/// <param name="Categories">The categories that they are of, by id.</param>
/// <param name="FileNames">The pictures' files by id, as the annotations name them; null where they do not.</param>
public sealed record CocoScore(EvaluationSummary Summary, IReadOnlyList<Category> Categories, IReadOnlyDictionary<long, string?> FileNames);
