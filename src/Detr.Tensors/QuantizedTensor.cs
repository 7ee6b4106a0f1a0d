namespace Detr.Tensors;

/// <summary>
/// Numbers in eight bits, dense and row-major, with one <see cref="QuantizedFormat"/> for all. It belongs to the
/// <see cref="Scope"/> it was made in, as other tensors do, and has no gradient.
/// </summary>
public sealed class QuantizedTensor
{
    internal QuantizedTensor(Tensor bytes, Shape shape, QuantizedFormat format) => (Bytes, Shape, Format) = (bytes, shape, format);

    /// <summary>The sizes of the axes, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>What the bytes mean.</summary>
    public QuantizedFormat Format { get; }

    /// <summary>The memory: four bytes in the place of each number.</summary>
    internal Tensor Bytes { get; }

    /// <summary>Whether another tensor's bytes are these.</summary>
    /// <param name="other">The other tensor.</param>
    public bool SharesMemory(QuantizedTensor other) => ReferenceEquals(Bytes, other.Bytes);
}
