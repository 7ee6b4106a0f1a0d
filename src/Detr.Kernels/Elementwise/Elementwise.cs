using System.Numerics.Tensors;

namespace Detr.Kernels;

/// <summary>Arithmetic on elements at the same place; results may stand where an operand stood.</summary>
public static class Elementwise
{
    /// <summary>y = a + b.</summary>
    public static void Add(WorkerPool pool, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => ElementLoop.Run<Sum>(pool, a, b, y);

    /// <summary>y = a − b.</summary>
    public static void Subtract(WorkerPool pool, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => ElementLoop.Run<Difference>(pool, a, b, y);

    /// <summary>y = a · b.</summary>
    public static void Multiply(WorkerPool pool, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => ElementLoop.Run<Product>(pool, a, b, y);

    /// <summary>y = a / b.</summary>
    public static void Divide(WorkerPool pool, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => ElementLoop.Run<Quotient>(pool, a, b, y);

    /// <summary>y = α x.</summary>
    public static void Scale(WorkerPool pool, float alpha, ReadOnlySpan<float> x, Span<float> y) => ElementLoop.Run(pool, new Scaled(alpha), x, x, y);

    /// <summary>y += α x.</summary>
    public static void AddScaled(WorkerPool pool, float alpha, ReadOnlySpan<float> x, Span<float> y) => ElementLoop.Run(pool, new PlusScaled(alpha), x, y, y);

    private readonly struct Sum : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Add(a, b, y);
    }

    private readonly struct Difference : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Subtract(a, b, y);
    }

    private readonly struct Product : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Multiply(a, b, y);
    }

    private readonly struct Quotient : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Divide(a, b, y);
    }

    private readonly struct Scaled(float alpha) : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.Multiply(a, alpha, y);
    }

    private readonly struct PlusScaled(float alpha) : IElementFunction
    {
        public void Apply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.MultiplyAdd(a, alpha, b, y);
    }
}
