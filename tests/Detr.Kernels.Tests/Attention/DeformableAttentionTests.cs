namespace Detr.Kernels.Tests;

/// <summary>Deformable attention against its plain twin, and what lies beyond the edges.</summary>
public sealed class DeformableAttentionTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(2, 5, 3, 3, 2)]
    [InlineData(1, 9, 2, 8, 4)]
    [InlineData(2, 7, 4, 16, 4)]
    [InlineData(1, 40, 8, 32, 4)]
    [InlineData(3, 2, 2, 40, 3)]
    [InlineData(1, 3, 1, 71, 1)]
    public void Output_and_gradients_are_those_of_the_plain_twin(int batch, int queries, int heads, int size, int points)
    {
        using WorkerPool one = new(1), three = new(3);
        Problem problem = new(new DeformableAttentionShape(batch, queries, heads, size, points, (5, 7), (3, 4), (1, 1), (1, 6)), seed: size);

        Results expected = problem.Plain(), actual = problem.Run(three), again = problem.Run(one);

        int samples = 4 * problem.Shape.Samples;
        Numbers.AssertClose(expected.Output, actual.Output, samples);
        Numbers.AssertClose(expected.DValue, actual.DValue, samples * queries);
        Numbers.AssertClose(expected.DLocations, actual.DLocations, 64 * size);
        Numbers.AssertClose(expected.DWeights, actual.DWeights, 4 * size);
        Assert.Equal(again, actual);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e30f)]
    [InlineData(-1e30f)]
    [InlineData(1.5f)]
    [InlineData(-0.5f)]
    public void What_lies_outside_takes_nothing_and_gets_nothing(float outside)
    {
        using WorkerPool pool = new(2);
        Problem problem = new(new DeformableAttentionShape(2, 3, 2, 8, 2, (4, 4), (1, 1)), seed: 1);

        // Every second sample lies outside, by one of its coordinates.
        for (int sample = 0; sample < problem.Weights.Length; sample += 2)
        {
            problem.Locations[(2 * sample) + (sample / 2 % 2)] = outside;
        }

        Results actual = problem.Run(pool), expected = problem.Plain();

        Numbers.AssertClose(expected.Output, actual.Output, 64);
        Numbers.AssertClose(expected.DValue, actual.DValue, 64);
        for (int sample = 0; sample < problem.Weights.Length; sample += 2)
        {
            Assert.Equal((0f, 0f, 0f), (actual.DWeights[sample], actual.DLocations[2 * sample], actual.DLocations[(2 * sample) + 1]));
        }

        problem.Locations.AsSpan().Fill(outside);
        Results nothing = problem.Run(pool);
        Assert.All((float[])[.. nothing.Output, .. nothing.DValue, .. nothing.DLocations, .. nothing.DWeights], number => Assert.Equal(0f, number));
    }

    [Fact]
    public void Nothing_is_read_from_beside_the_values()
    {
        using WorkerPool pool = new(2);
        DeformableAttentionShape shape = new(1, 60, 2, 3, 4, (2, 3), (1, 1));
        Problem problem = new(shape, seed: 3);
        float[] guarded = new float[problem.Value.Length + 200], output = new float[problem.DOutput.Length];
        guarded.AsSpan().Fill(float.NaN);
        problem.Value.CopyTo(guarded, 100);

        DeformableAttention.Forward(pool, shape, guarded.AsSpan(100, problem.Value.Length), problem.Locations, problem.Weights, output);

        Assert.Equal(problem.Run(pool).Output, output);
        Assert.All(output, number => Assert.True(float.IsFinite(number)));
    }

    [Fact]
    public void A_sample_at_a_cell_is_the_cell_and_at_a_corner_of_the_map_a_quarter_of_it()
    {
        using WorkerPool pool = new(1);
        DeformableAttentionShape shape = new(1, 2, 1, 1, 1, (2, 4));
        float[] output = new float[2];

        DeformableAttention.Forward(pool, shape, (float[])[1, 2, 3, 4, 5, 6, 7, 8], (float[])[0.625f, 0.75f, 1f, 1f], (float[])[1, 1], output);

        Assert.Equal([7f, 2f], output);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);
        DeformableAttentionShape shape = new(1, 2, 1, 4, 1, (2, 2));
        Assert.Equal("1 × 2 queries with 1 heads of 4 and 1 points on levels of 2 × 2", shape.ToString());

        DeformableAttention.Forward(pool, shape, new float[16], new float[4], new float[2], new float[8]);
        Assert.Throws<ArgumentException>(() => DeformableAttention.Forward(pool, shape, new float[15], new float[4], new float[2], new float[8]));
        Assert.Throws<ArgumentException>(() => DeformableAttention.Forward(pool, shape, new float[16], new float[6], new float[2], new float[8]));
        Assert.Throws<ArgumentException>(() => DeformableAttention.Backward(
            pool, shape, new float[16], new float[4], new float[2], new float[8], new float[16], new float[4], new float[3]));
        Assert.Throws<ArgumentException>(() => SamplingLocations.Forward(pool, shape, new float[4], new float[6], new float[4]));
        Assert.Throws<ArgumentException>(() => new DeformableAttentionShape(1, 1, 1, 1, 1));
        Assert.Throws<ArgumentException>(() => new DeformableAttentionShape(1, 1, 1, 1, 1, (0, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeformableAttentionShape(1, 1, 1, 1, 1, (1 << 20, 1 << 20)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeformableAttentionShape(1, 1, 1 << 20, 1 << 20, 1, (2, 2)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Locations_follow_their_formula_and_their_gradients_its_differences(int referenceSize)
    {
        using WorkerPool pool = new(3);
        DeformableAttentionShape shape = new(2, 5, 3, 1, 2, (4, 6), (2, 3), (1, 1));
        Random random = new(referenceSize);
        float[] offsets = Numbers.Uniform(random, 2 * 5 * 3 * 3 * 2 * 2), references = Numbers.Uniform(random, 2 * 5 * 3 * referenceSize);
        float[] locations = new float[offsets.Length], dLocations = Numbers.Uniform(random, offsets.Length);
        float[] dOffsets = new float[offsets.Length], dReferences = new float[references.Length];

        SamplingLocations.Forward(pool, shape, offsets, references, locations);
        SamplingLocations.Backward(pool, shape, offsets, references, dLocations, dOffsets, dReferences);

        double[] offsetsAt = FiniteDifferences.ToDoubles(offsets), referencesAt = FiniteDifferences.ToDoubles(references);
        Numbers.AssertClose(FiniteDifferences.ToFloats(Formula(offsetsAt, referencesAt)), locations, 4);
        FiniteDifferences.AssertGradient(at => Formula(at, referencesAt), offsets, dLocations, dOffsets);
        FiniteDifferences.AssertGradient(at => Formula(offsetsAt, at), references, dLocations, dReferences);

        double[] Formula(double[] offset, double[] reference)
        {
            double[] places = new double[offset.Length];
            for (int i = 0; i < places.Length; i++)
            {
                int axis = i % 2, level = i / 4 % 3, query = i / 36, from = ((query * 3) + level) * referenceSize;
                (int height, int width) = shape.Levels[level];
                places[i] = reference[from + axis] + (referenceSize == 2 ? offset[i] / (axis == 0 ? width : height) : offset[i] / 2 * reference[from + 2 + axis] * 0.5);
            }

            return places;
        }
    }

    private sealed class Problem
    {
        internal Problem(DeformableAttentionShape shape, int seed)
        {
            Random random = new(seed);
            Shape = shape;
            int samples = shape.Batch * shape.Queries * shape.Heads * shape.Samples;
            Value = Numbers.Uniform(random, shape.Batch * shape.Tokens * shape.Channels);
            Locations = [.. Numbers.Uniform(random, 2 * samples).Select(number => 0.5f + (0.7f * number))];
            Weights = Numbers.Uniform(random, samples);
            DOutput = Numbers.Uniform(random, shape.Batch * shape.Queries * shape.Channels);
        }

        internal DeformableAttentionShape Shape { get; }

        internal float[] Value { get; }

        internal float[] Locations { get; }

        internal float[] Weights { get; }

        internal float[] DOutput { get; }

        internal Results Run(WorkerPool pool)
        {
            Results results = new(this);
            DeformableAttention.Forward(pool, Shape, Value, Locations, Weights, results.Output);
            DeformableAttention.Backward(pool, Shape, Value, Locations, Weights, DOutput, results.DValue, results.DLocations, results.DWeights);
            return results;
        }

        internal Results Plain()
        {
            Results results = new(this);
            DeformableAttentionReference.Forward(Shape, Value, Locations, Weights, results.Output);
            DeformableAttentionReference.Backward(Shape, Value, Locations, Weights, DOutput, results.DValue, results.DLocations, results.DWeights);
            return results;
        }
    }

    /// <summary>What both passes make; all of it begins as numbers that must be overwritten.</summary>
    private sealed class Results(Problem problem) : IEquatable<Results>
    {
        internal float[] Output { get; } = Stale(problem.DOutput);

        internal float[] DValue { get; } = Stale(problem.Value);

        internal float[] DLocations { get; } = Stale(problem.Locations);

        internal float[] DWeights { get; } = Stale(problem.Weights);

        public bool Equals(Results? other)
            => other is not null && Output.SequenceEqual(other.Output) && DValue.SequenceEqual(other.DValue)
                && DLocations.SequenceEqual(other.DLocations) && DWeights.SequenceEqual(other.DWeights);

        public override bool Equals(object? obj) => Equals(obj as Results);

        public override int GetHashCode() => Output.Length;

        private static float[] Stale(float[] like) => [.. like.Select(_ => 77f)];
    }
}
