namespace Detr.Kernels;

/// <summary>The sizes of a multi-head attention; heads are contiguous slices of a token's channels.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Queries">Query tokens of a sequence.</param>
/// <param name="Keys">Key tokens of a sequence.</param>
/// <param name="HeadSize">Channels of a head's queries and keys.</param>
public readonly record struct AttentionShape(int Batch, int Heads, int Queries, int Keys, int HeadSize)
{
    /// <summary>Channels of a head's values and results; those of its queries and keys unless given.</summary>
    public int ValueSize { get; init; } = HeadSize;

    /// <summary>Channels of a query's and of a key's token.</summary>
    public int Channels => Heads * HeadSize;

    /// <summary>Channels of a value's and of a result's token.</summary>
    public int ValueChannels => Heads * ValueSize;

    /// <summary>Elements of all probabilities, [Batch, Heads, Queries, Keys].</summary>
    public int ProbabilityLength => checked(Batch * Heads * Queries * Keys);
}
