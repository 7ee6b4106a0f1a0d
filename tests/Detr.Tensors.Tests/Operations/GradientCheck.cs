namespace Detr.Tensors.Tests.Operations;

/// <summary>
/// Compares an operation's gradients with central differences of its own forward pass, projected on a random direction:
/// f(x) = Σ w ⊙ op(x) with fixed random w, so that every element of every output takes part.
/// </summary>
internal static class GradientCheck
{
    internal static void Run(Func<ForwardContext, Tensor[], Tensor> operation, params Tensor[] inputs) => Run(operation, 1e-2f, 2e-2, inputs);

    internal static void Run(Func<ForwardContext, Tensor[], Tensor> operation, float step, double tolerance, params Tensor[] inputs)
    {
        using CpuBackend backend = new(2);
        float[][] analytic = Analytic(backend, operation, inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            float[] values = inputs[i].ToArray();
            double largest = Math.Max(1e-3, analytic[i].Max(value => Math.Abs((double)value)));
            for (int k = 0; k < values.Length; k += Math.Max(1, values.Length / 24))
            {
                float before = values[k];
                values[k] = before + step;
                inputs[i].Write(values);
                double up = Evaluate(backend, operation, inputs);
                values[k] = before - step;
                inputs[i].Write(values);
                double down = Evaluate(backend, operation, inputs);
                values[k] = before;
                inputs[i].Write(values);
                double expected = (up - down) / (2.0 * step);
                Assert.True(
                    Math.Abs(expected - analytic[i][k]) <= tolerance * Math.Max(largest, Math.Abs(expected)),
                    $"input {i}, element {k}: the gradient is {analytic[i][k]:g6}, differences say {expected:g6}");
            }
        }
    }

    internal static Tensor Random(Shape shape, int seed, float scale = 1f, float offset = 0f)
    {
        RandomStream random = new((ulong)seed);
        float[] values = new float[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = offset + (scale * (float)((2 * random.NextDouble()) - 1));
        }

        Parameter tensor = new($"input{seed}", shape);
        tensor.Write(values);
        return tensor;
    }

    private static float[][] Analytic(CpuBackend backend, Func<ForwardContext, Tensor[], Tensor> operation, Tensor[] inputs)
    {
        ForwardContext context = new(backend) { Tape = new Tape(), Training = true, Random = new RandomStream(7) };
        using Scope scope = context.Scope();
        Tensor result = operation(context, inputs);
        context.Tape.Backward(context, [(result, Weights(context, result))]);
        float[][] gradients = [.. inputs.Select(input => input.Gradient!.ToArray())];
        foreach (Tensor input in inputs)
        {
            ((Parameter)input).ClearGradient();
        }

        return gradients;
    }

    private static double Evaluate(CpuBackend backend, Func<ForwardContext, Tensor[], Tensor> operation, Tensor[] inputs)
    {
        ForwardContext context = new(backend) { Training = true, Random = new RandomStream(7) };
        using Scope scope = context.Scope();
        Tensor result = operation(context, inputs);
        ReadOnlySpan<float> values = result.AsSpan(), weights = Weights(context, result).AsSpan();
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += (double)values[i] * weights[i];
        }

        return sum;
    }

    private static Tensor Weights(ForwardContext context, Tensor result) => context.Upload(result.Shape, Random(result.Shape, 99).AsSpan());
}
