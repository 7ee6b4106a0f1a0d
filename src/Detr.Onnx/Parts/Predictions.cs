namespace Detr.Onnx.Parts;

/// <summary>What a model says of an image.</summary>
/// <param name="Logits">[batch, queries, classes, and no-object for those that know it].</param>
/// <param name="Boxes">[batch, queries, 4]: centre x and y, width and height.</param>
internal readonly record struct Predictions(string Logits, string Boxes);
