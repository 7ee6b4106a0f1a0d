namespace Detr.Kernels.Tests;

public sealed class DropoutTests
{
    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void The_asked_share_is_dropped_and_the_mean_stays(float probability)
    {
        using WorkerPool pool = new(3);
        float[] x = new float[100_003], y = new float[x.Length];
        Array.Fill(x, 1f);

        Dropout.Execute(pool, x, probability, seed: 5, y);

        double dropped = y.Count(value => value == 0f) / (double)y.Length;
        double deviation = Math.Sqrt(probability * (1 - probability) / y.Length);
        Assert.InRange(dropped, probability - (5 * deviation), probability + (5 * deviation));
        Assert.All(y.Where(value => value != 0f), value => Assert.Equal(1f / (1f - probability), value));
    }

    [Fact]
    public void The_mask_depends_on_the_seed_and_the_place_alone()
    {
        using WorkerPool one = new(1), three = new(3);
        float[] x = Numbers.Uniform(new Random(3), 50_001), first = new float[x.Length], second = new float[x.Length], short3 = new float[77];

        Dropout.Execute(one, x, 0.3f, seed: 9, first);
        Dropout.Execute(three, x, 0.3f, seed: 9, second);
        Assert.Equal(first, second);
        Dropout.Execute(three, x.AsSpan(0, 77), 0.3f, seed: 9, short3);
        Assert.Equal(first[..77], short3);
        Dropout.Execute(three, x, 0.3f, seed: 10, second);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.97f)]
    public void Every_element_is_what_its_own_bits_say(float probability)
    {
        using WorkerPool pool = new(2);
        foreach (int length in new[] { 1, 15, 16, 17, 9001 })
        {
            float[] x = Numbers.Uniform(new Random(length), length), y = new float[length];
            float scale = 1f / (1f - probability);

            Dropout.Execute(pool, x, probability, seed: 0xFFFF_FFFF_1234_5678, y);

            Assert.Equal(x.Select((value, i) => Dropout.Bits(0xFFFF_FFFF_1234_5678, i) >= Dropout.Threshold(probability) ? value * scale : 0f), y);
        }
    }

    [Fact]
    public void Nothing_is_dropped_at_0()
    {
        using WorkerPool pool = new(1);
        float[] x = Numbers.Uniform(new Random(3), 501), y = new float[x.Length];

        Dropout.Execute(pool, x, 0f, seed: 9, y);

        Assert.Equal(x, y);
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1f)]
    [InlineData(float.NaN)]
    public void A_chance_outside_0_to_1_is_refused(float probability)
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.Execute(pool, new float[4], probability, 1, new float[4]));
    }
}
