namespace Detr.Kernels.Tests;

public sealed class PackedMatrixTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(70, 45, true)]
    [InlineData(300, 33, false)]
    [InlineData(256, 64, true)]
    public void A_packed_operand_gives_the_plain_product(int depth, int columns, bool transposed)
    {
        Random random = new(depth);
        using WorkerPool pool = new(2);
        int stride = (transposed ? depth : columns) + 3;
        float[] a = Numbers.Uniform(random, 20 * depth), b = Numbers.Uniform(random, (transposed ? columns : depth) * stride);
        PackedMatrix packed = PackedMatrix.Pack(pool, depth, columns, b, transposed, stride);
        MatrixShape shape = new(20, columns, depth) { TransposeB = transposed, StrideB = stride };
        float[] expected = new float[20 * columns], actual = new float[20 * columns];

        MatrixProduct.ExecuteScalar(shape, a, b, expected);
        MatrixProduct.Execute(pool, shape, a, packed, actual);
        Numbers.AssertClose(expected, actual, depth);

        b.AsSpan().Reverse();
        packed.Repack(pool, b, transposed, stride);
        MatrixProduct.ExecuteScalar(shape, a, b, expected);
        MatrixProduct.Execute(pool, shape, a, packed, actual);
        Numbers.AssertClose(expected, actual, depth);
        Assert.Equal((depth, columns), (packed.Depth, packed.Columns));
        Assert.True(packed.Bytes >= (long)depth * columns * sizeof(float));
    }

    [Fact]
    public void Too_few_elements_are_refused()
    {
        using WorkerPool pool = new(1);
        Assert.Throws<ArgumentException>(() => PackedMatrix.Pack(pool, 3, 4, new float[11], transposed: false));
        Assert.Throws<ArgumentException>(() => PackedMatrix.Pack(pool, 3, 4, new float[12], transposed: true, stride: 2));
    }
}
