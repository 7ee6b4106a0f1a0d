namespace Detr.Tensors;

/// <summary>Functions of one and two numbers, element by element.</summary>
public static class ElementOperations
{
    /// <summary>y = f(x).</summary>
    /// <param name="context">The pass.</param>
    /// <param name="operation">f.</param>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Apply(this ForwardContext context, UnaryOperation operation, Tensor x)
    {
        Tensor y = context.Allocate(x.Shape);
        context.Backend.Unary(operation, x, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.UnaryBackward(operation, x, y, dy, dx);
            context.AddGradient(x, dx);
        });
    }

    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(this ForwardContext context, Tensor x) => context.Apply(UnaryOperation.Relu, x);

    /// <summary>1 / (1 + exp(−x)).</summary>
    public static Tensor Sigmoid(this ForwardContext context, Tensor x) => context.Apply(UnaryOperation.Sigmoid, x);

    /// <summary>ln(max(x, ε) / max(1 − x, ε)), x first brought within [0, 1]: what the sigmoid of is x, except near 0 and 1.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="epsilon">ε, in (0, ½); the result stays within ± ln(1 / ε).</param>
    /// <returns>The same shape.</returns>
    public static Tensor InverseSigmoid(this ForwardContext context, Tensor x, float epsilon)
    {
        Tensor y = context.Allocate(x.Shape);
        context.Backend.InverseSigmoid(x, epsilon, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.InverseSigmoidBackward(x, epsilon, dy, dx);
            context.AddGradient(x, dx);
        });
    }

    /// <summary>x where it is positive, else slope · x (He et al. 2015, PReLU, with one slope for all channels).</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="slope">One number.</param>
    /// <returns>The same shape.</returns>
    public static Tensor ParametricRelu(this ForwardContext context, Tensor x, Tensor slope)
    {
        Tensor y = context.Allocate(x.Shape);
        context.Backend.ParametricRelu(x, slope, y);
        return context.Record(y, [x, slope], dy =>
        {
            Tensor dx = context.Allocate(x.Shape), dSlope = context.Allocate(slope.Shape);
            context.Backend.ParametricReluBackward(x, slope, dy, dx, dSlope);
            context.AddGradients((x, dx), (slope, dSlope));
        });
    }

    /// <summary>The numbers of x, cut off from what they were made of: no gradient goes back through the result.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">Any shape.</param>
    /// <returns>The same memory.</returns>
    public static Tensor Detach(this ForwardContext context, Tensor x) => context.Own(x.View(x.Shape));

    /// <summary>a + b; axes of size 1 are repeated.</summary>
    public static Tensor Add(this ForwardContext context, Tensor a, Tensor b)
    {
        Tensor y = Combine(context, BinaryOperation.Add, a, b);
        return context.Record(y, [a, b], dy =>
        {
            if (context.BackwardRule is { } rule)
            {
                rule.Add(context, a, b, dy);
                return;
            }

            AddReduced(context, a, dy);
            AddReduced(context, b, dy);
        });
    }

    /// <summary>a − b; axes of size 1 are repeated.</summary>
    public static Tensor Subtract(this ForwardContext context, Tensor a, Tensor b)
    {
        Tensor y = Combine(context, BinaryOperation.Subtract, a, b);
        return context.Record(y, [a, b], dy =>
        {
            AddReduced(context, a, dy);
            Tensor negative = context.Allocate(dy.Shape);
            context.Backend.Scale(-1f, dy, negative);
            AddReduced(context, b, negative);
        });
    }

    /// <summary>a · b; axes of size 1 are repeated.</summary>
    public static Tensor Multiply(this ForwardContext context, Tensor a, Tensor b)
    {
        Tensor y = Combine(context, BinaryOperation.Multiply, a, b);
        return context.Record(y, [a, b], dy =>
        {
            AddReduced(context, a, Combine(context, BinaryOperation.Multiply, dy, b));
            AddReduced(context, b, Combine(context, BinaryOperation.Multiply, dy, a));
        });
    }

    /// <summary>a / b; axes of size 1 are repeated.</summary>
    public static Tensor Divide(this ForwardContext context, Tensor a, Tensor b)
    {
        Tensor y = Combine(context, BinaryOperation.Divide, a, b);
        return context.Record(y, [a, b], dy =>
        {
            Tensor byA = Combine(context, BinaryOperation.Divide, dy, b);
            AddReduced(context, a, byA);
            Tensor byB = Combine(context, BinaryOperation.Multiply, byA, y);
            context.Backend.Scale(-1f, byB, byB);
            AddReduced(context, b, byB);
        });
    }

    /// <summary>α x.</summary>
    public static Tensor Scale(this ForwardContext context, Tensor x, float alpha)
    {
        Tensor y = context.Allocate(x.Shape);
        context.Backend.Scale(alpha, x, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.Scale(alpha, dy, dx);
            context.AddGradient(x, dx);
        });
    }

    /// <summary>In training, drops elements with a chance and scales the rest by 1 / (1 − chance); otherwise x itself.</summary>
    /// <param name="context">The pass; its random stream decides.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="probability">The chance, in [0, 1).</param>
    public static Tensor Dropout(this ForwardContext context, Tensor x, float probability)
    {
        if (!context.Training || probability == 0f)
        {
            return x;
        }

        ulong seed = context.Random.NextUInt64();
        Tensor y = context.Allocate(x.Shape);
        context.Backend.Dropout(x, probability, seed, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Allocate(x.Shape);
            context.Backend.Dropout(dy, probability, seed, dx);
            context.AddGradient(x, dx);
        });
    }

    /// <summary>The sum of all elements, one number.</summary>
    public static Tensor Sum(this ForwardContext context, Tensor x) => context.SumTo(x, [1]);

    /// <summary>The mean of all elements, one number.</summary>
    public static Tensor Mean(this ForwardContext context, Tensor x) => context.Scale(context.Sum(x), 1f / x.Length);

    /// <summary>Sums over the axes along which the given shape has size 1 or none.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="shape">A shape that broadcasts to that of x.</param>
    public static Tensor SumTo(this ForwardContext context, Tensor x, Shape shape)
    {
        Tensor y = context.Allocate(shape);
        context.Backend.ReduceSum(x, y);
        return context.Record(y, [x], dy =>
        {
            Tensor dx = context.Zeros(x.Shape);
            context.Backend.Binary(BinaryOperation.Add, dx, dy, dx);
            context.AddGradient(x, dx);
        });
    }

    private static Tensor Combine(ForwardContext context, BinaryOperation operation, Tensor a, Tensor b)
    {
        Tensor y = context.Allocate(BroadcastShape(a.Shape, b.Shape));
        context.Backend.Binary(operation, a, b, y);
        return y;
    }

    private static Shape BroadcastShape(Shape a, Shape b)
    {
        Shape large = a.Rank >= b.Rank ? a : b, small = a.Rank >= b.Rank ? b : a;
        for (int i = 1; i <= small.Rank; i++)
        {
            if (large[^i] == 1)
            {
                large = large.With(^i, small[^i]);
            }
        }

        return large;
    }

    private static void AddReduced(ForwardContext context, Tensor tensor, Tensor gradient)
    {
        if (!context.NeedsGradient(tensor))
        {
            return;
        }

        if (gradient.Length != tensor.Length)
        {
            Tensor reduced = context.Allocate(tensor.Shape);
            context.Backend.ReduceSum(gradient, reduced);
            gradient = reduced;
        }

        context.AddGradient(tensor, gradient);
    }
}
