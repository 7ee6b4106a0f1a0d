namespace Detr.Kernels;

/// <summary>Adds what one row contributes to sums by column; see <see cref="ColumnSums"/>.</summary>
internal interface IRowAccumulator
{
    /// <summary>Adds a row's terms.</summary>
    /// <param name="row">The row, counted through all segments.</param>
    /// <param name="segment">The segment that it belongs to.</param>
    /// <param name="sums">One or more sums for each column.</param>
    void Add(int row, int segment, Span<float> sums);
}
