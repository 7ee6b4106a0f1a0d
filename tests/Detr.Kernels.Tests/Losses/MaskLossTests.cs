namespace Detr.Kernels.Tests;

/// <summary>The losses of masks against their plain twins and finite differences of these.</summary>
public sealed class MaskLossTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(40_001)]
    public void Focal_loss_is_that_of_the_formula(int length)
    {
        (float[] logits, float[] targets) = Masks(length, soft: true);
        float[] dx = new float[length];
        double expected = SigmoidFocalLoss.ForwardScalar(logits, targets, 0.25f);
        Assert.Equal(expected, SigmoidFocalLoss.Forward(_pool, logits, targets, 0.25f), 1e-5 * (expected + 1e-3));
        SigmoidFocalLoss.Backward(_pool, logits, targets, 0.25f, 0.7f, dx);
        if (length <= 600)
        {
            FiniteDifferences.AssertGradient(x => [Sum(x)], logits, [0.7f], dx);
        }

        double Sum(double[] x)
        {
            double sum = 0;
            for (int i = 0; i < x.Length; i++)
            {
                double t = targets[i], p = 1 / (1 + Math.Exp(-x[i])), q = (p * t) + ((1 - p) * (1 - t));
                sum += ((0.25 * t) + (0.75 * (1 - t))) * (1 - q) * (1 - q) * -((t * Math.Log(p)) + ((1 - t) * Math.Log(1 - p)));
            }

            return sum;
        }
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(3, 37)]
    [InlineData(2, 513)]
    [InlineData(5, 20_011)]
    public void Dice_loss_is_that_of_the_formula(int rows, int columns)
    {
        (float[] logits, float[] targets) = Masks(rows * columns, soft: false);
        float[] dx = new float[logits.Length], fractions = new float[2 * rows];
        double expected = DiceLoss.ForwardScalar(logits, targets, rows);
        Assert.Equal(expected, DiceLoss.Forward(_pool, logits, targets, rows, fractions), 1e-5 * (rows + 1));
        DiceLoss.Backward(_pool, logits, targets, rows, fractions, 0.7f, dx);
        if (logits.Length is > 0 and <= 1200)
        {
            FiniteDifferences.AssertGradient(x => [Sum(x)], logits, [0.7f], dx);
        }

        double Sum(double[] x)
        {
            double sum = 0;
            for (int row = 0; row < rows; row++)
            {
                double[] p = [.. x.Skip(row * columns).Take(columns).Select(value => 1 / (1 + Math.Exp(-value)))];
                float[] t = targets[(row * columns)..((row + 1) * columns)];
                sum += 1 - (((2 * p.Zip(t, (a, b) => a * b).Sum()) + 1) / (p.Sum() + t.Sum() + 1));
            }

            return sum;
        }
    }

    [Fact]
    public void Threads_change_no_sum()
    {
        (float[] logits, float[] targets) = Masks(100_003, soft: true);
        using WorkerPool one = new(1);
        Assert.Equal(SigmoidFocalLoss.Forward(one, logits, targets, 0.25f), SigmoidFocalLoss.Forward(_pool, logits, targets, 0.25f));
    }

    [Fact]
    public void Dice_loss_is_the_same_wherever_the_stack_is()
    {
        (float[] logits, float[] targets) = Masks(4 * 700, soft: true);
        using WorkerPool one = new(1);
        float[] fractions = new float[8];
        Assert.Single(StackDepths.All(() => DiceLoss.Forward(one, logits, targets, 4, fractions)).Distinct());
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        float[] logits = [200f, -200f, 200f, -200f], targets = [1f, 0f, 0f, 1f], dx = new float[4], fractions = new float[4];
        Assert.Equal((0.75 * 200) + (0.25 * 200), SigmoidFocalLoss.Forward(_pool, logits, targets, 0.25f), 1e-3);
        SigmoidFocalLoss.Backward(_pool, logits, targets, 0.25f, 1f, dx);
        Numbers.AssertClose([0f, 0f, 0.75f, -0.25f], dx, 1);
        Assert.True(double.IsFinite(DiceLoss.Forward(_pool, logits, targets, 2, fractions)));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SigmoidFocalLoss.Forward(_pool, new float[3], new float[2], 0.25f));
        Assert.Throws<ArgumentException>(() => SigmoidFocalLoss.Backward(_pool, new float[3], new float[3], 0.25f, 1f, new float[2]));
        Assert.Throws<ArgumentException>(() => DiceLoss.Forward(_pool, new float[6], new float[6], 4, new float[8]));
        Assert.Throws<ArgumentException>(() => DiceLoss.Forward(_pool, new float[6], new float[6], 2, new float[2]));
        Assert.Throws<ArgumentException>(() => DiceLoss.Backward(_pool, new float[6], new float[6], 2, new float[4], 1f, new float[5]));
    }

    private static (float[] Logits, float[] Targets) Masks(int length, bool soft)
    {
        Random random = new(length);
        return ([.. Numbers.Uniform(random, length).Select(value => value * 6)], [.. Numbers.Uniform(random, length).Select(value => soft ? (value + 1) / 2 : value > 0 ? 1f : 0f)]);
    }
}
