namespace Detr.Tensors;

/// <summary>The same numbers in another arrangement.</summary>
public static class ShapeOperations
{
    /// <summary>The same memory with another shape of as many elements.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public static Tensor Reshape(this ForwardContext context, Tensor x, Shape shape)
    {
        if (shape.Length != x.Length)
        {
            throw new ArgumentException($"A tensor of shape {x.Shape} cannot take the shape {shape}.", nameof(shape));
        }

        Tensor y = context.Own(x.View(shape));
        return context.Record(y, [x], dy => context.AddGradient(x, dy));
    }

    /// <summary>Axis i of the result is axis axes[i] of x.</summary>
    public static Tensor Permute(this ForwardContext context, Tensor x, params int[] axes)
    {
        int[] sizes = [.. axes.Select(axis => x.Shape[axis])];
        Tensor y = context.Allocate(Shape.Create(sizes));
        context.Backend.Permute(x, axes, y);
        return context.Record(y, [x], dy =>
        {
            int[] inverse = new int[axes.Length];
            for (int i = 0; i < axes.Length; i++)
            {
                inverse[axes[i]] = i;
            }

            Tensor dx = context.Allocate(x.Shape);
            context.Backend.Permute(dy, inverse, dx);
            context.AddGradient(x, dx);
        });
    }

    /// <summary>Part of an axis; along the outermost one the same memory, not a copy.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">Which axis.</param>
    /// <param name="start">Its first place.</param>
    /// <param name="count">How many places.</param>
    public static Tensor Slice(this ForwardContext context, Tensor x, int axis, int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, x.Shape[axis], nameof(count));
        (int outer, int inner) = Around(x.Shape, axis);
        int step = x.Shape[axis] * inner;
        Shape shape = x.Shape.With(axis, count);
        if (outer == 1)
        {
            Tensor part = context.Own(x.View(shape, start * inner));
            return context.Record(part, [x], dy => context.AddGradientOfPart(x, dy, start * inner));
        }

        Tensor y = context.Allocate(shape);
        context.Backend.CopyBlocks(outer, count * inner, x, step, start * inner, y, count * inner, 0);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Zeros(x.Shape);
            context.Backend.CopyBlocks(outer, count * inner, dy, count * inner, 0, dx, step, start * inner);
            context.AddGradient(x, dx);
        });
    }

    /// <summary>Tensors one after the other along an axis.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="axis">Which axis.</param>
    /// <param name="tensors">At least one; all other axes agree.</param>
    public static Tensor Concatenate(this ForwardContext context, int axis, params Tensor[] tensors)
    {
        Shape shape = tensors[0].Shape.With(axis, tensors.Sum(tensor => tensor.Shape[axis]));
        (int outer, int inner) = Around(shape, axis);
        int step = shape[axis] * inner;
        Tensor y = context.Allocate(shape);
        int offset = 0;
        foreach (Tensor tensor in tensors)
        {
            int count = tensor.Shape[axis] * inner;
            context.Backend.CopyBlocks(outer, count, tensor, count, 0, y, step, offset);
            offset += count;
        }

        return context.Record(y, tensors, dy =>
        {
            int start = 0;
            foreach (Tensor tensor in tensors)
            {
                int count = tensor.Shape[axis] * inner;
                if (context.NeedsGradient(tensor))
                {
                    Tensor dx = context.Allocate(tensor.Shape);
                    context.Backend.CopyBlocks(outer, count, dy, step, start, dx, count, 0);
                    context.AddGradient(tensor, dx);
                }

                start += count;
            }
        });
    }

    /// <summary>Rows by number: an embedding's look-up.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="indices">Row numbers.</param>
    /// <returns>[indices, columns].</returns>
    public static Tensor GatherRows(this ForwardContext context, Tensor x, int[] indices)
    {
        foreach (int index in indices)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)x.Shape[0], nameof(indices));
        }

        Tensor y = context.Allocate([indices.Length, x.Shape[1]]);
        context.Backend.GatherRows(x, indices, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Zeros(x.Shape);
            context.Backend.ScatterAddRows(dy, indices, dx);
            context.AddGradient(x, dx);
        });
    }

    private static (int Outer, int Inner) Around(Shape shape, int axis)
    {
        int outer = 1, inner = 1;
        for (int i = 0; i < shape.Rank; i++)
        {
            outer *= i < axis ? shape[i] : 1;
            inner *= i > axis ? shape[i] : 1;
        }

        return (outer, inner);
    }
}
