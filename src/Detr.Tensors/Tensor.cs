namespace Detr.Tensors;

/// <summary>
/// Numbers in a rectangle of any rank: float32, dense, row-major (the last axis is contiguous). A tensor made by an
/// operation lives until the <see cref="Scope"/> it was made in ends; a <see cref="Parameter"/> lives as long as its model.
/// </summary>
public class Tensor
{
    private readonly int _offset;

    internal Tensor(TensorStorage storage, Shape shape, int offset = 0)
    {
        Storage = storage;
        Shape = shape;
        _offset = offset;
    }

    /// <summary>The sizes of the axes, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>The number of elements.</summary>
    public int Length => Shape.Length;

    /// <summary>Where the elements are.</summary>
    public TensorStorage Storage { get; }

    /// <summary>Where this tensor begins in its storage, in elements.</summary>
    public int Offset => _offset;

    /// <summary>Whether a gradient flows to this tensor while a tape records.</summary>
    public bool RequiresGradient { get; internal set; }

    /// <summary>The derivative of the loss with respect to this tensor, of the same shape; null before a backward pass reaches it.</summary>
    public Tensor? Gradient { get; internal set; }

    /// <summary>A tensor of its own memory with the given elements.</summary>
    /// <param name="shape">The axes' sizes.</param>
    /// <param name="elements">The elements, row-major; they are copied.</param>
    /// <exception cref="ArgumentException">The shape asks for another number of elements.</exception>
    public static Tensor FromArray(Shape shape, ReadOnlySpan<float> elements)
    {
        Tensor tensor = new(new HostStorage(shape.Length, owner: null), shape);
        tensor.Write(elements);
        return tensor;
    }

    /// <summary>The elements, row-major, as they are now; on a device other than the host this fetches them.</summary>
    public ReadOnlySpan<float> AsSpan() => Storage.HostElements.Slice(_offset, Length);

    /// <summary>A copy of the elements, row-major.</summary>
    public float[] ToArray() => AsSpan().ToArray();

    /// <summary>Replaces all elements.</summary>
    /// <param name="elements">As many as this tensor has, row-major.</param>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public virtual void Write(ReadOnlySpan<float> elements)
    {
        if (elements.Length != Length)
        {
            throw new ArgumentException($"A tensor of shape {Shape} takes {Length} elements, not {elements.Length}.", nameof(elements));
        }

        Storage.Write(_offset, elements);
    }

    /// <summary>The only element of a tensor that has one.</summary>
    /// <exception cref="InvalidOperationException">The tensor has more or fewer elements.</exception>
    public float Item() => Length == 1
        ? AsSpan()[0]
        : throw new InvalidOperationException($"A tensor of shape {Shape} is not one number.");

    /// <inheritdoc/>
    public override string ToString() => $"Tensor {Shape}";

    /// <summary>The same memory seen with another shape, held once more.</summary>
    internal Tensor View(Shape shape, int offset = 0)
    {
        Storage.Hold();
        return new Tensor(Storage, shape, _offset + offset);
    }
}
