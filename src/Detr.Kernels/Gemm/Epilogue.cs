namespace Detr.Kernels;

/// <summary>
/// What is done to a product while it is still in registers: y = activation(scale ⊙ x + bias + residual),
/// scale and bias by column (output channel), residual by element. An empty span leaves its part out.
/// </summary>
public readonly ref struct Epilogue
{
    /// <summary>One factor a column, [columns], or empty.</summary>
    public ReadOnlySpan<float> Scale { get; init; }

    /// <summary>One term a column, [columns], or empty.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>One term an element, laid out as the result, or empty.</summary>
    public ReadOnlySpan<float> Residual { get; init; }

    /// <summary>What is applied last.</summary>
    public Activation Activation { get; init; }

    internal void Check(int columns, int elements)
    {
        if (!Scale.IsEmpty && Scale.Length < columns)
        {
            throw new ArgumentException($"A scale of {Scale.Length} does not serve {columns} columns.");
        }

        if (!Bias.IsEmpty && Bias.Length < columns)
        {
            throw new ArgumentException($"A bias of {Bias.Length} does not serve {columns} columns.");
        }

        if (!Residual.IsEmpty && Residual.Length < elements)
        {
            throw new ArgumentException($"A residual of {Residual.Length} does not serve {elements} elements.");
        }
    }
}
