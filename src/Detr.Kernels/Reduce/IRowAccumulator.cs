namespace Detr.Kernels;

/// <summary>Adds what rows contribute to sums by column; see <see cref="ColumnSums"/>.</summary>
internal interface IRowAccumulator
{
    /// <summary>Adds the terms of some rows, in an order that depends on nothing else.</summary>
    /// <param name="first">The first row, counted through all segments.</param>
    /// <param name="last">The row after the last.</param>
    /// <param name="segment">The segment that they belong to.</param>
    /// <param name="sums">One or more sums for each column.</param>
    void AddRows(int first, int last, int segment, Span<float> sums);
}
