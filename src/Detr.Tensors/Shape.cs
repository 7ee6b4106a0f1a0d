using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Detr.Tensors;

/// <summary>The sizes of a tensor's axes, outermost first; at most <see cref="MaximumRank"/> of them.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IEnumerable<int>
{
    /// <summary>The most axes that a tensor can have.</summary>
    public const int MaximumRank = 6;

    private readonly Axes _axes;

    private Shape(ReadOnlySpan<int> axes)
    {
        if (axes.Length > MaximumRank)
        {
            throw new ArgumentException($"A tensor has at most {MaximumRank} axes, not {axes.Length}.", nameof(axes));
        }

        long length = 1;
        for (int i = 0; i < axes.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(axes[i], nameof(axes));
            _axes[i] = axes[i];
            length *= axes[i];
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength, nameof(axes));
        }

        Rank = axes.Length;
        Length = (int)length;
    }

    /// <summary>The number of axes; 0 for a scalar.</summary>
    public int Rank { get; }

    /// <summary>The number of elements: the product of all axes.</summary>
    public int Length { get; }

    /// <summary>The size of one axis.</summary>
    /// <param name="axis">From 0, or from the end as an index.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[Index axis]
    {
        get
        {
            int offset = axis.GetOffset(Rank);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)offset, (uint)Rank, nameof(axis));
            return _axes[offset];
        }
    }

    /// <summary>Makes a shape; what a collection expression such as <c>[2, 3]</c> calls.</summary>
    /// <param name="axes">The sizes, outermost first; none negative.</param>
    /// <exception cref="ArgumentException">There are too many axes, one is negative, or the elements do not fit in one array.</exception>
    public static Shape Create(ReadOnlySpan<int> axes) => new(axes);

    /// <summary>Whether two shapes have the same axes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The axes' sizes, as a span over this shape.</summary>
    [UnscopedRef]
    public ReadOnlySpan<int> AsSpan() => ((ReadOnlySpan<int>)_axes)[..Rank];

    /// <summary>A copy of the axes' sizes.</summary>
    public int[] ToArray() => AsSpan().ToArray();

    /// <summary>The same shape with one axis of another size.</summary>
    /// <param name="axis">The axis to change.</param>
    /// <param name="size">Its new size.</param>
    public Shape With(Index axis, int size)
    {
        Span<int> axes = stackalloc int[MaximumRank];
        AsSpan().CopyTo(axes);
        axes[axis.GetOffset(Rank)] = size;
        return new Shape(axes[..Rank]);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int axis in AsSpan())
        {
            hash.Add(axis);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", ToArray())}]";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)ToArray()).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    [InlineArray(MaximumRank)]
    private struct Axes
    {
        private int _first;
    }
}
