namespace Detr.Data;

/// <summary>What a data set says of one photograph.</summary>
/// <param name="Id">Its number in the data set.</param>
/// <param name="FileName">Its file.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Objects">What is on it; may be empty.</param>
public sealed record ImageAnnotations(long Id, string FileName, int Width, int Height, IReadOnlyList<ObjectAnnotation> Objects);
