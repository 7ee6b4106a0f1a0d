namespace Detr.Kernels.Tests;

public sealed class MatrixProductTests
{
    private const float Untouched = 12345f;

    /// <summary>Rows, columns, depth: ones, tails on both sides of every tile, of the blocks, and the shapes of attention.</summary>
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 1, 1, 300 }, { 1, 33, 7 }, { 5, 1, 9 }, { 4, 8, 16 }, { 6, 16, 3 }, { 12, 32, 64 }, { 13, 33, 65 },
        { 11, 31, 255 }, { 25, 64, 257 }, { 100, 92, 256 }, { 50, 50, 32 }, { 50, 32, 50 }, { 241, 40, 20 }, { 37, 290, 520 },
        { 481, 7, 5 }, { 40, 64, 100 }, { 52, 20, 530 }, { 30, 32, 512 }, { 3, 600, 2 }, { 2, 3, 0 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Equals_its_plain_twin_in_every_layout(int rows, int columns, int depth)
    {
        Random random = new((rows * 31) + (columns * 7) + depth);
        using WorkerPool pool = new(2);
        for (int layout = 0; layout < 4; layout++)
        {
            bool transposeA = (layout & 1) != 0, transposeB = (layout & 2) != 0;
            MatrixShape shape = new(rows, columns, depth)
            {
                TransposeA = transposeA,
                TransposeB = transposeB,
                StrideA = (transposeA ? rows : depth) + random.Next(4),
                StrideB = (transposeB ? depth : columns) + random.Next(4),
                StrideC = columns + random.Next(4),
                Alpha = layout == 0 ? 1f : random.NextSingle() + 0.5f,
                Beta = layout < 2 ? 0f : random.NextSingle() - 0.5f,
            };
            float[] a = Numbers.Uniform(random, (transposeA ? depth : rows) * shape.StrideA);
            float[] b = Numbers.Uniform(random, (transposeB ? columns : depth) * shape.StrideB);
            float[] expected = Result(random, shape, rows);
            float[] actual = [.. expected];

            MatrixProduct.ExecuteScalar(shape, a, b, expected);
            MatrixProduct.Execute(pool, shape, a, b, actual);

            Numbers.AssertClose(expected, actual, depth);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Applies_every_part_of_the_epilogue(int rows, int columns, int depth)
    {
        Random random = new((rows * 13) + (columns * 5) + depth);
        using WorkerPool pool = new(2);
        float[] a = Numbers.Uniform(random, rows * depth), b = Numbers.Uniform(random, depth * columns);
        float[] scale = Numbers.Uniform(random, columns), bias = Numbers.Uniform(random, columns);
        float[] residual = Numbers.Uniform(random, rows * columns), before = Numbers.Uniform(random, rows * columns);
        PackedMatrix packed = PackedMatrix.Pack(pool, depth, columns, b, transposed: false);
        for (int parts = 0; parts < 32; parts++)
        {
            MatrixShape shape = new(rows, columns, depth) { Alpha = 0.75f, Beta = (parts & 16) != 0 ? -0.5f : 0f };
            Epilogue epilogue = new()
            {
                Scale = (parts & 1) != 0 ? scale : [],
                Bias = (parts & 2) != 0 ? bias : [],
                Residual = (parts & 4) != 0 ? residual : [],
                Activation = (parts & 8) != 0 ? Activation.Relu : Activation.None,
            };
            float[] expected = [.. before], actual = [.. before];

            MatrixProduct.ExecuteScalar(shape, a, b, expected, epilogue);
            MatrixProduct.Execute(pool, shape, a, packed, actual, epilogue);

            Numbers.AssertClose(expected, actual, depth);
        }
    }

    [Fact]
    public void A_beta_of_zero_never_reads_the_result()
    {
        using WorkerPool pool = new(1);
        float[] c = [float.NaN, float.PositiveInfinity];

        MatrixProduct.Execute(pool, new MatrixShape(1, 2, 1), [2f], [3f, 4f], c);

        Assert.Equal([6f, 8f], c);
    }

    [Theory]
    [InlineData(8, 85, 85, 32, false)]
    [InlineData(8, 85, 32, 85, false)]
    [InlineData(1, 100, 40, 32, true)]
    [InlineData(3, 7, 5, 300, true)]
    [InlineData(0, 7, 5, 3, false)]
    public void Batches_equal_single_products(int batches, int rows, int columns, int depth, bool transposed)
    {
        Random random = new(rows);
        using WorkerPool pool = new(2);
        MatrixShape shape = new(rows, columns, depth) { TransposeB = transposed, Alpha = 0.5f };
        int stepA = (rows * depth) + 3, stepB = (depth * columns) + 5, stepC = (rows * columns) + 1;
        float[] a = Numbers.Uniform(random, batches * stepA), b = Numbers.Uniform(random, batches * stepB);
        float[] expected = Enumerable.Repeat(Untouched, batches * stepC).ToArray(), actual = [.. expected];
        for (int i = 0; i < batches; i++)
        {
            MatrixProduct.ExecuteScalar(shape, a.AsSpan(i * stepA), b.AsSpan(i * stepB), expected.AsSpan(i * stepC));
        }

        MatrixProduct.ExecuteBatched(pool, shape, batches, stepA, stepB, stepC, a, b, actual);

        Numbers.AssertClose(expected, actual, depth);
    }

    [Fact]
    public void Batches_may_interleave_as_the_heads_of_attention_do()
    {
        const int heads = 4, tokens = 30, width = 16, model = heads * width;
        Random random = new(5);
        using WorkerPool pool = new(2);
        float[] q = Numbers.Uniform(random, tokens * model), k = Numbers.Uniform(random, tokens * model);
        MatrixShape shape = new(tokens, tokens, width) { TransposeB = true, StrideA = model, StrideB = model };
        float[] actual = new float[heads * tokens * tokens];

        MatrixProduct.ExecuteBatched(pool, shape, heads, width, width, tokens * tokens, q, k, actual);

        float[] expected = new float[tokens * tokens];
        for (int head = 0; head < heads; head++)
        {
            MatrixProduct.ExecuteScalar(shape, q.AsSpan(head * width), k.AsSpan(head * width), expected);
            Numbers.AssertClose(expected, actual.AsSpan(head * tokens * tokens, tokens * tokens), width);
        }
    }

    [Theory]
    [InlineData(300, 300, 600, false)]
    [InlineData(100, 256, 700, true)]
    [InlineData(7, 500, 300, false)]
    public void The_number_of_threads_does_not_change_a_bit(int rows, int columns, int depth, bool packs)
    {
        Random random = new(9);
        float[] a = Numbers.Uniform(random, rows * depth), b = Numbers.Uniform(random, depth * columns);
        MatrixShape shape = new(rows, columns, depth);
        float[]? first = null;
        for (int threads = 1; threads <= 5; threads++)
        {
            using WorkerPool pool = new(threads);
            float[] c = new float[rows * columns];
            if (packs)
            {
                MatrixProduct.Execute(pool, shape, a, PackedMatrix.Pack(pool, depth, columns, b, transposed: false), c);
            }
            else
            {
                MatrixProduct.Execute(pool, shape, a, b, c);
            }

            first ??= c;
            Assert.Equal(first, c);
        }
    }

    [Fact]
    public void Too_short_operands_are_refused()
    {
        using WorkerPool pool = new(1);
        float[] six = new float[6], five = new float[5];
        MatrixShape shape = new(2, 3, 2);
        PackedMatrix packed = PackedMatrix.Pack(pool, 2, 3, six, transposed: false);

        Assert.Throws<ArgumentException>(() => MatrixProduct.Execute(pool, shape, new float[3], six, six));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Execute(pool, shape, new float[4], five, six));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Execute(pool, shape, new float[4], six, five));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Execute(pool, shape with { StrideC = 2 }, new float[4], six, six));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Execute(pool, shape, new float[4], six, six, new Epilogue { Bias = [1f] }));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Execute(pool, shape, new float[4], six, six, new Epilogue { Scale = [1f] }));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Execute(pool, shape, new float[4], six, six, new Epilogue { Residual = [1f] }));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Execute(pool, new MatrixShape(2, 2, 3), six, packed, six));
        Assert.Throws<ArgumentException>(() => MatrixProduct.ExecuteBatched(pool, shape, 2, 4, 6, 6, new float[8], new float[12], new float[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatrixProduct.ExecuteBatched(pool, shape, -1, 4, 6, 6, six, six, six));
    }

    [Fact]
    public void Nothing_is_allocated_once_the_pool_has_its_scratch_memory()
    {
        using WorkerPool pool = new(1);
        Random random = new(3);
        MatrixShape shape = new(500, 100, 300);
        float[] a = Numbers.Uniform(random, 500 * 300), b = Numbers.Uniform(random, 300 * 100), c = new float[500 * 100];
        for (int i = 0; i < 20; i++)
        {
            MatrixProduct.Execute(pool, shape, a, b, c);
        }

        long scratch = pool.ScratchBytes, before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            MatrixProduct.Execute(pool, shape, a, b, c);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(scratch, pool.ScratchBytes);
    }

    /// <summary>A result to start from: numbers where the product writes, a mark in the gaps between rows.</summary>
    private static float[] Result(Random random, MatrixShape shape, int rows)
    {
        float[] c = Enumerable.Repeat(Untouched, rows * shape.StrideC).ToArray();
        for (int r = 0; r < rows; r++)
        {
            Numbers.Uniform(random, shape.Columns).CopyTo(c, r * shape.StrideC);
        }

        return c;
    }
}
