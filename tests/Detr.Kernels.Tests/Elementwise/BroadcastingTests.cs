namespace Detr.Kernels.Tests;

/// <summary>Broadcasting against the rule itself: each axis's place, taken modulo a size of 1.</summary>
public sealed class BroadcastingTests
{
    private static readonly int[] Sizes = [1, 2, 3, 5, 9, 33];

    [Fact]
    public void Random_shapes_follow_the_rule()
    {
        using WorkerPool pool = new(3);
        Random random = new(11);
        for (int trial = 0; trial < 300; trial++)
        {
            int[] shapeY = RandomShape(random);
            AssertArithmetic(pool, random, Shrink(random, shapeY), Shrink(random, shapeY), shapeY);
        }
    }

    [Theory]
    [InlineData(new[] { 3, 700, 128 }, new[] { 128 })]
    [InlineData(new[] { 3, 700, 128 }, new[] { 3, 1, 128 })]
    [InlineData(new[] { 3, 700, 128 }, new[] { 700, 1 })]
    [InlineData(new[] { 3, 700, 128 }, new[] { 1 })]
    [InlineData(new[] { 100_001 }, new int[0])]
    [InlineData(new[] { 0, 7 }, new[] { 7 })]
    [InlineData(new[] { 7, 0 }, new[] { 7, 1 })]
    public void Shapes_that_models_use_follow_the_rule_on_either_side(int[] large, int[] small)
    {
        using WorkerPool pool = new(3);
        Random random = new(12);

        AssertArithmetic(pool, random, large, small, large);
        AssertArithmetic(pool, random, small, large, large);
    }

    [Fact]
    public void Random_gradients_are_summed_where_the_operand_was_repeated()
    {
        using WorkerPool pool = new(3);
        Random random = new(13);
        for (int trial = 0; trial < 300; trial++)
        {
            int[] shapeX = RandomShape(random);
            AssertReduction(pool, random, shapeX, Shrink(random, shapeX));
        }
    }

    [Theory]
    [InlineData(new[] { 3, 700, 128 }, new[] { 128 })]
    [InlineData(new[] { 3, 700, 128 }, new[] { 3, 1, 128 })]
    [InlineData(new[] { 3, 700, 128 }, new[] { 700, 1 })]
    [InlineData(new[] { 3, 700, 128 }, new[] { 1 })]
    [InlineData(new[] { 3, 700, 128 }, new[] { 1, 700, 1 })]
    [InlineData(new[] { 100_001 }, new int[0])]
    [InlineData(new[] { 0, 7 }, new[] { 7 })]
    public void Gradients_that_models_make_are_summed_where_the_operand_was_repeated(int[] shapeX, int[] shapeY)
    {
        using WorkerPool pool = new(3);

        AssertReduction(pool, new Random(14), shapeX, shapeY);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentException>(() => Broadcasting.Add(pool, [2, 3], new float[6], [2], new float[2], [2, 3], new float[6]));
        Assert.Throws<ArgumentException>(() => Broadcasting.Add(pool, [2, 3], new float[6], [3], new float[3], [3], new float[3]));
        Assert.Throws<ArgumentException>(() => Broadcasting.Add(pool, [2, 3], new float[5], [3], new float[3], [2, 3], new float[6]));
        Assert.Throws<ArgumentException>(() => Broadcasting.ReduceSum(pool, [2, 3], new float[6], [2], new float[2]));
        Assert.Throws<ArgumentException>(() => Broadcasting.ReduceSum(pool, [2, 3], new float[6], [3], new float[2]));
    }

    private static void AssertArithmetic(WorkerPool pool, Random random, int[] shapeA, int[] shapeB, int[] shapeY)
    {
        float[] a = Numbers.Uniform(random, Length(shapeA)), b = Numbers.Uniform(random, Length(shapeB)), y = new float[Length(shapeY)];
        string shapes = $"[{string.Join(',', shapeA)}] and [{string.Join(',', shapeB)}]";

        Broadcasting.Add(pool, shapeA, a, shapeB, b, shapeY, y);
        Assert.True(Expected((p, q) => p + q).AsSpan().SequenceEqual(y), shapes);
        Broadcasting.Subtract(pool, shapeA, a, shapeB, b, shapeY, y);
        Assert.True(Expected((p, q) => p - q).AsSpan().SequenceEqual(y), shapes);
        Broadcasting.Multiply(pool, shapeA, a, shapeB, b, shapeY, y);
        Assert.True(Expected((p, q) => p * q).AsSpan().SequenceEqual(y), shapes);
        Broadcasting.Divide(pool, shapeA, a, shapeB, b, shapeY, y);
        Assert.True(Expected((p, q) => p / q).AsSpan().SequenceEqual(y), shapes);

        float[] Expected(Func<float, float, float> function)
        {
            float[] expected = new float[y.Length];
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] = function(a[Place(i, shapeY, shapeA)], b[Place(i, shapeY, shapeB)]);
            }

            return expected;
        }
    }

    private static void AssertReduction(WorkerPool pool, Random random, int[] shapeX, int[] shapeY)
    {
        float[] x = Numbers.Uniform(random, Length(shapeX)), y = Numbers.Uniform(random, Length(shapeY));
        double[] expected = new double[y.Length];
        for (int i = 0; i < x.Length; i++)
        {
            expected[Place(i, shapeX, shapeY)] += x[i];
        }

        Broadcasting.ReduceSum(pool, shapeX, x, shapeY, y);

        Numbers.AssertClose(FiniteDifferences.ToFloats(expected), y, x.Length / Math.Max(1, y.Length));
    }

    private static int[] RandomShape(Random random)
    {
        int[] shape = new int[random.Next(0, 6)];
        int length = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = Sizes[random.Next(Sizes.Length)];
            shape[i] = length * shape[i] > 20_000 ? 1 : shape[i];
            length *= shape[i];
        }

        return shape;
    }

    private static int[] Shrink(Random random, int[] shape)
    {
        int[] small = shape[random.Next(0, shape.Length + 1)..];
        return Array.ConvertAll(small, size => random.Next(2) == 0 ? 1 : size);
    }

    private static int Length(int[] shape) => shape.Aggregate(1, (product, size) => product * size);

    private static int Place(int index, int[] large, int[] small)
    {
        int place = 0, step = 1;
        for (int axis = large.Length - 1, own = small.Length - 1; own >= 0; axis--, own--)
        {
            (index, int at) = Math.DivRem(index, large[axis]);
            place += small[own] == 1 ? 0 : at * step;
            step *= small[own];
        }

        return place;
    }
}
