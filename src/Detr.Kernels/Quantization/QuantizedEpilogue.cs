namespace Detr.Kernels;

/// <summary>
/// What is done to a sum of eight-bit products before it is stored as a byte: y = round(Scale ⊙ x + Bias + ResidualScale · residual),
/// cut to 0 … Maximum; scale and bias by column (output channel), in steps of y.
/// </summary>
/// <remarks>With a bias that leaves zero at 0, the cut is a ReLU; where results may be negative, the bias puts zero in the middle.</remarks>
public readonly ref struct QuantizedEpilogue
{
    /// <summary>One factor a column, [columns].</summary>
    public required ReadOnlySpan<float> Scale { get; init; }

    /// <summary>One term a column, [columns].</summary>
    public required ReadOnlySpan<float> Bias { get; init; }

    /// <summary>One byte an element, laid out as the result, or empty.</summary>
    public ReadOnlySpan<byte> Residual { get; init; }

    /// <summary>What a step of the residual is worth.</summary>
    public float ResidualScale { get; init; }

    /// <summary>The largest result: <see cref="QuantizedKernel.LargestInput"/> for what is multiplied again, 255 for what is only added.</summary>
    public required byte Maximum { get; init; }

    internal void Check(int columns, int elements)
    {
        if (Scale.Length < columns || Bias.Length < columns)
        {
            throw new ArgumentException($"{Scale.Length} factors and {Bias.Length} terms do not serve {columns} columns.");
        }

        if (!Residual.IsEmpty && Residual.Length < elements)
        {
            throw new ArgumentException($"A residual of {Residual.Length} does not serve {elements} elements.");
        }
    }
}
