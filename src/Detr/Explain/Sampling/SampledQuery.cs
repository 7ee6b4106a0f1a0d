namespace Detr.Explain;

/// <summary>Where an object query samples a picture, and where the cell in the middle of its box does.</summary>
/// <param name="Query">The object query.</param>
/// <param name="Decoder">The query's points in each decoder layer.</param>
/// <param name="Cell">The row and column, among the finest level's cells, of the one that the box's middle lies in.</param>
/// <param name="Encoder">That cell's points in each encoder layer.</param>
public sealed record SampledQuery(int Query, IReadOnlyList<SamplingPoints> Decoder, (int Row, int Column) Cell, IReadOnlyList<SamplingPoints> Encoder);
