namespace Detr.Kernels.Tests;

public sealed class IndexingTests
{
    [Fact]
    public void Random_permutations_move_every_element_to_its_place()
    {
        using WorkerPool pool = new(3);
        Random random = new(2);
        for (int trial = 0; trial < 300; trial++)
        {
            int[] shape = new int[random.Next(0, 6)], axes = [.. Enumerable.Range(0, shape.Length)];
            for (int i = 0; i < shape.Length; i++)
            {
                shape[i] = random.Next(1, 9);
            }

            random.Shuffle(axes);
            AssertPermutation(pool, shape, axes);
        }
    }

    [Theory]
    [InlineData(new[] { 2, 3, 50, 67 }, new[] { 0, 2, 3, 1 })]
    [InlineData(new[] { 2, 50, 67, 3 }, new[] { 0, 3, 1, 2 })]
    [InlineData(new[] { 1, 850, 8, 32 }, new[] { 0, 2, 1, 3 })]
    [InlineData(new[] { 1, 8, 200, 64 }, new[] { 0, 2, 3, 1 })]
    [InlineData(new[] { 257, 129 }, new[] { 1, 0 })]
    [InlineData(new[] { 3, 0, 5 }, new[] { 2, 1, 0 })]
    public void Permutations_that_models_use_move_every_element_to_its_place(int[] shape, int[] axes)
    {
        using WorkerPool pool = new(3);

        AssertPermutation(pool, shape, axes);
    }

    [Fact]
    public void What_is_no_permutation_is_refused()
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentException>(() => Permutation.Execute(pool, [2, 3], [0, 0], new float[6], new float[6]));
        Assert.Throws<ArgumentException>(() => Permutation.Execute(pool, [2, 3], [0, 2], new float[6], new float[6]));
        Assert.Throws<ArgumentException>(() => Permutation.Execute(pool, [2, 3], [1, 0], new float[6], new float[5]));
        Assert.Throws<ArgumentException>(() => Permutation.Execute(pool, [2, 30], [1, 0], new float[6], new float[6]));
    }

    [Fact]
    public void Rows_are_taken_by_number_and_gradients_go_back_to_them()
    {
        float[] x = [0, 1, 10, 11, 20, 21], y = new float[8], dx = [1, 1, 1, 1, 1, 1];
        int[] indices = [2, 0, 2, 2];

        Rows.Gather(x, 2, indices, y);
        Assert.Equal([20, 21, 0, 1, 20, 21, 20, 21], y);
        Rows.ScatterAdd(y, 2, indices, dx);
        Assert.Equal([1, 2, 1, 1, 61, 64], dx);
    }

    [Fact]
    public void Rows_that_are_not_there_are_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => Rows.Gather(new float[6], 2, [3], new float[2]));
        Assert.ThrowsAny<ArgumentException>(() => Rows.Gather(new float[6], 2, [-1], new float[2]));
        Assert.ThrowsAny<ArgumentException>(() => Rows.Gather(new float[6], 2, [1, 1], new float[2]));
        Assert.ThrowsAny<ArgumentException>(() => Rows.ScatterAdd(new float[2], 2, [3], new float[6]));
    }

    [Fact]
    public void Blocks_are_copied_step_by_step()
    {
        float[] y = new float[9];

        Rows.CopyBlocks(3, 2, [1, 2, 3, 4, 5, 6], 2, y.AsSpan(1), 3);

        Assert.Equal([0, 1, 2, 0, 3, 4, 0, 5, 6], y);
    }

    private static void AssertPermutation(WorkerPool pool, int[] shape, int[] axes)
    {
        int length = shape.Aggregate(1, (product, size) => product * size);
        float[] x = [.. Enumerable.Range(0, length)], y = new float[length];

        Permutation.Execute(pool, shape, axes, x, y);

        for (int target = 0; target < length; target++)
        {
            int source = 0;
            for (int i = axes.Length - 1, rest = target; i >= 0; i--)
            {
                (rest, int place) = Math.DivRem(rest, shape[axes[i]]);
                source += place * shape[(axes[i] + 1)..].Aggregate(1, (product, size) => product * size);
            }

            Assert.Equal(x[source], y[target]);
        }
    }
}
