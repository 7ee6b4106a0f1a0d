namespace Detr.Kernels.Tests;

public sealed class WeightedCrossEntropyTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    [InlineData(5, 33)]
    [InlineData(400, 92)]
    public void Sums_and_gradients_are_those_of_the_formula(int rows, int classes)
    {
        Random random = new(rows);
        float[] logits = [.. Numbers.Uniform(random, rows * classes).Select(value => value * 6)], weights = [.. Numbers.Uniform(random, classes).Select(Math.Abs)];
        int[] targets = new int[rows];
        float[] dx = new float[logits.Length];
        for (int i = 0; i < rows; i++)
        {
            targets[i] = random.Next(classes);
        }

        (double sum, double total) = WeightedCrossEntropy.Forward(logits, targets, weights);
        WeightedCrossEntropy.Backward(logits, targets, weights, 0.7f, dx);

        Assert.Equal(Plain(FiniteDifferences.ToDoubles(logits))[0], sum, 1e-5 * (1 + rows));
        Assert.Equal(targets.Sum(target => (double)weights[target]), total, 1e-9 * (1 + rows));
        if (logits.Length <= 200)
        {
            FiniteDifferences.AssertGradient(Plain, logits, [0.7f], dx);
        }

        double[] Plain(double[] x)
        {
            double loss = 0;
            for (int row = 0; row < rows; row++)
            {
                double exponentials = 0;
                for (int c = 0; c < classes; c++)
                {
                    exponentials += Math.Exp(x[(row * classes) + c]);
                }

                loss += weights[targets[row]] * (Math.Log(exponentials) - x[(row * classes) + targets[row]]);
            }

            return [loss];
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        (double sum, _) = WeightedCrossEntropy.Forward([1000f, -1000f], [1], [1f, 1f]);

        Assert.Equal(2000, sum, 1e-6);
    }

    [Fact]
    public void Targets_and_sizes_that_do_not_fit_are_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => WeightedCrossEntropy.Forward(new float[5], [0, 1], new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => WeightedCrossEntropy.Forward(new float[6], [0, 3], new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => WeightedCrossEntropy.Forward(new float[6], [0, -1], new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => WeightedCrossEntropy.Backward(new float[6], [0, 3], new float[3], 1f, new float[6]));
        Assert.ThrowsAny<ArgumentException>(() => WeightedCrossEntropy.Backward(new float[6], [0, 1], new float[3], 1f, new float[5]));
    }
}
