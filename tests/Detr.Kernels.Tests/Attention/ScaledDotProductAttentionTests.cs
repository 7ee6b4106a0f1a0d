namespace Detr.Kernels.Tests;

/// <summary>Attention against the formula, one query at a time in double precision, and its gradients against differences of that.</summary>
public sealed class ScaledDotProductAttentionTests
{
    public enum Extras
    {
        None,
        Padding,
        Everything,
        FactorsOfQueries,
        CutOff,
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, Extras.None)]
    [InlineData(2, 3, 5, 7, 4, 4, Extras.None)]
    [InlineData(2, 3, 5, 7, 4, 4, Extras.Everything)]
    [InlineData(1, 8, 100, 33, 32, 32, Extras.Padding)]
    [InlineData(1, 2, 121, 250, 32, 32, Extras.Everything)]
    [InlineData(2, 3, 70, 9, 4, 4, Extras.FactorsOfQueries)]
    [InlineData(3, 4, 64, 64, 32, 32, Extras.None)]
    [InlineData(2, 3, 5, 7, 4, 2, Extras.Everything)]
    [InlineData(2, 8, 100, 35, 64, 32, Extras.Padding)]
    [InlineData(1, 2, 121, 70, 24, 12, Extras.CutOff)]
    [InlineData(1, 2, 33, 7, 3, 11, Extras.FactorsOfQueries)]
    public void Output_and_probabilities_are_those_of_the_formula(int batch, int heads, int queries, int keys, int size, int valueSize, Extras extras)
    {
        using WorkerPool one = new(1), three = new(3);
        Problem problem = new(new AttentionShape(batch, heads, queries, keys, size) { ValueSize = valueSize }, extras);
        float[] output = new float[problem.OutputLength], unstored = new float[output.Length], again = new float[output.Length];
        float[] probabilities = new float[problem.Shape.ProbabilityLength];

        ScaledDotProductAttention.Forward(three, problem.Shape, problem.Q, problem.K, problem.V, problem.Options, probabilities, output);
        ScaledDotProductAttention.Forward(three, problem.Shape, problem.Q, problem.K, problem.V, problem.Options, [], unstored);
        ScaledDotProductAttention.Forward(one, problem.Shape, problem.Q, problem.K, problem.V, problem.Options, [], again);

        double[] expected = new double[probabilities.Length];
        Numbers.AssertClose(FiniteDifferences.ToFloats(problem.Plain(problem.Q, problem.K, problem.V, expected)), output, 16 + keys);
        Numbers.AssertClose(FiniteDifferences.ToFloats(expected), probabilities, 16);
        Assert.Equal(output, unstored);
        Assert.Equal(output, again);
    }

    [Theory]
    [InlineData(Extras.None, 3)]
    [InlineData(Extras.Padding, 3)]
    [InlineData(Extras.Everything, 3)]
    [InlineData(Extras.FactorsOfQueries, 3)]
    [InlineData(Extras.Everything, 2)]
    [InlineData(Extras.CutOff, 5)]
    public void Gradients_are_those_of_the_formula(Extras extras, int valueSize)
    {
        using WorkerPool pool = new(3);
        Problem problem = new(new AttentionShape(2, 2, 5, 6, 3) { ValueSize = valueSize }, extras);
        AttentionShape shape = problem.Shape;
        float[] output = new float[problem.OutputLength], probabilities = new float[shape.ProbabilityLength];
        float[] dOutput = Numbers.Uniform(new Random(8), output.Length);
        float[] dq = new float[problem.Q.Length], dk = new float[problem.K.Length], dv = new float[problem.V.Length], dp = new float[probabilities.Length];

        ScaledDotProductAttention.Forward(pool, shape, problem.Q, problem.K, problem.V, problem.Options, probabilities, output);
        ScaledDotProductAttention.Backward(pool, shape, problem.Q, problem.K, problem.V, problem.Options, probabilities, dOutput, dq, dk, dv, dp);

        double[] q = FiniteDifferences.ToDoubles(problem.Q), k = FiniteDifferences.ToDoubles(problem.K), v = FiniteDifferences.ToDoubles(problem.V);
        FiniteDifferences.AssertGradient(at => problem.Plain(at, k, v, null), problem.Q, dOutput, dq);
        FiniteDifferences.AssertGradient(at => problem.Plain(q, at, v, null), problem.K, dOutput, dk);
        FiniteDifferences.AssertGradient(at => problem.Plain(q, k, at, null), problem.V, dOutput, dv);
        FiniteDifferences.AssertGradient(at => problem.Apply(at, v), probabilities, dOutput, dp);
    }

    [Fact]
    public void A_sequence_of_padding_alone_gives_0_and_gradients_of_0()
    {
        using WorkerPool pool = new(2);
        AttentionShape shape = new(2, 2, 3, 4, 8);
        Problem problem = new(shape, Extras.None);
        AttentionOptions options = new() { KeyPadding = (bool[])[true, true, true, true, false, false, false, true] };
        float[] output = new float[problem.Q.Length], probabilities = new float[shape.ProbabilityLength], dp = new float[probabilities.Length];
        float[] dq = new float[problem.Q.Length], dk = new float[problem.K.Length], dv = new float[problem.V.Length];

        ScaledDotProductAttention.Forward(pool, shape, problem.Q, problem.K, problem.V, options, probabilities, output);
        ScaledDotProductAttention.Backward(pool, shape, problem.Q, problem.K, problem.V, options, probabilities, problem.Q, dq, dk, dv, dp);

        Assert.All(output[..(output.Length / 2)], value => Assert.Equal(0f, value));
        Assert.All(probabilities[..(probabilities.Length / 2)], value => Assert.Equal(0f, value));
        Assert.All(output[(output.Length / 2)..], value => Assert.NotEqual(0f, value));
        Assert.All(dq[..(dq.Length / 2)], value => Assert.Equal(0f, value));
        Assert.All((float[])[.. dk, .. dv], value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);
        AttentionShape shape = new(1, 2, 3, 4, 8);
        Problem problem = new(shape, Extras.None);
        float[] output = new float[problem.Q.Length], probabilities = new float[shape.ProbabilityLength];

        Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(pool, shape, problem.Q, problem.Q, problem.V, default, [], output));
        Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(pool, shape, problem.Q, problem.K, problem.V, default, new float[5], output));
        Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(pool, shape with { ValueSize = 9 }, problem.Q, problem.K, problem.V, default, [], output));
        Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(
            pool, shape, problem.Q, problem.K, problem.V, new AttentionOptions { KeyPadding = new bool[3] }, [], output));
        Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(
            pool, shape, problem.Q, problem.K, problem.V, new AttentionOptions { HeadFactors = new float[5] }, [], output));
        Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Backward(
            pool, shape, problem.Q, problem.K, problem.V, default, [], output, output, new float[64], new float[64], []));
        Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Backward(
            pool, shape, problem.Q, problem.K, problem.V, default, probabilities, output, output, new float[63], new float[64], []));
    }

    private sealed class Problem
    {
        private readonly bool[] _padding = [];
        private readonly float[] _bias = [];
        private readonly float[] _factors = [];
        private readonly float _dropout;

        internal Problem(AttentionShape shape, Extras extras)
        {
            Random random = new(shape.Queries);
            Shape = shape;
            Q = Numbers.Uniform(random, shape.Batch * shape.Queries * shape.Channels);
            K = Numbers.Uniform(random, shape.Batch * shape.Keys * shape.Channels);
            V = Numbers.Uniform(random, shape.Batch * shape.Keys * shape.ValueChannels);
            if (extras is not (Extras.None or Extras.CutOff))
            {
                _padding = new bool[shape.Batch * shape.Keys];
                for (int i = 0; i < _padding.Length; i++)
                {
                    _padding[i] = i % shape.Keys != 0 && random.Next(3) == 0;
                }
            }

            if (extras == Extras.Everything)
            {
                _bias = Numbers.Uniform(random, shape.Queries * shape.Keys);
                _factors = Numbers.Uniform(random, shape.Heads);
                _dropout = 0.3f;
            }

            if (extras == Extras.CutOff)
            {
                _bias = [.. Enumerable.Range(0, shape.Queries * shape.Keys).Select(i => i % shape.Keys <= i / shape.Keys ? 0f : float.NegativeInfinity)];
            }

            if (extras == Extras.FactorsOfQueries)
            {
                _factors = Numbers.Uniform(random, shape.Heads * shape.Queries);
            }
        }

        internal AttentionShape Shape { get; }

        internal float[] Q { get; }

        internal float[] K { get; }

        internal float[] V { get; }

        internal int OutputLength => Shape.Batch * Shape.Queries * Shape.ValueChannels;

        internal AttentionOptions Options => new() { KeyPadding = _padding, Bias = _bias, HeadFactors = _factors, Dropout = _dropout, DropoutSeed = 77 };

        internal double[] Plain(float[] q, float[] k, float[] v, double[] probabilities)
            => Plain(FiniteDifferences.ToDoubles(q), FiniteDifferences.ToDoubles(k), FiniteDifferences.ToDoubles(v), probabilities);

        internal double[] Plain(double[] q, double[] k, double[] v, double[]? probabilities)
        {
            probabilities ??= new double[Shape.ProbabilityLength];
            for (int row = 0; row < probabilities.Length / Shape.Keys; row++)
            {
                (int batch, int head, int query) = Places(row);
                double sum = 0;
                for (int key = 0; key < Shape.Keys; key++)
                {
                    double score = 0;
                    for (int c = 0; c < Shape.HeadSize; c++)
                    {
                        score += q[Place(batch, Shape.Queries, query, head, Shape.HeadSize) + c] * k[Place(batch, Shape.Keys, key, head, Shape.HeadSize) + c];
                    }

                    score = (score / Math.Sqrt(Shape.HeadSize)) + (_bias.Length > 0 ? _bias[(query * Shape.Keys) + key] : 0);
                    bool padded = _padding.Length > 0 && _padding[(batch * Shape.Keys) + key];
                    sum += probabilities[(row * Shape.Keys) + key] = padded ? 0 : Math.Exp(score);
                }

                for (int key = 0; key < Shape.Keys; key++)
                {
                    probabilities[(row * Shape.Keys) + key] /= sum;
                }
            }

            return Apply(probabilities, v);
        }

        /// <summary>The second half: head factors, dropout, and the product with the values.</summary>
        internal double[] Apply(double[] probabilities, double[] v)
        {
            double[] output = new double[OutputLength];
            for (int i = 0; i < probabilities.Length; i++)
            {
                (int batch, int head, int query) = Places(i / Shape.Keys);
                bool dropped = _dropout > 0 && Dropout.Bits(77, i) < Dropout.Threshold(_dropout);
                double weight = dropped ? 0 : probabilities[i] / (1 - _dropout) * Factor(head, query);
                for (int c = 0; c < Shape.ValueSize; c++)
                {
                    output[Place(batch, Shape.Queries, query, head, Shape.ValueSize) + c] += weight * v[Place(batch, Shape.Keys, i % Shape.Keys, head, Shape.ValueSize) + c];
                }
            }

            return output;
        }

        private double Factor(int head, int query)
            => _factors.Length == 0 ? 1 : _factors.Length == Shape.Heads ? _factors[head] : _factors[(head * Shape.Queries) + query];

        private (int Batch, int Head, int Query) Places(int row)
            => (row / Shape.Queries / Shape.Heads, row / Shape.Queries % Shape.Heads, row % Shape.Queries);

        private int Place(int batch, int tokens, int token, int head, int size) => (((batch * tokens) + token) * Shape.Heads * size) + (head * size);
    }
}
