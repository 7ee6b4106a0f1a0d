namespace Detr.Tensors.Tests;

/// <summary>Which cells of a batch are padding.</summary>
public sealed class PaddingMaskTests
{
    [Theory]
    [InlineData(4, 7)]
    [InlineData(2, 3)]
    [InlineData(1, 1)]
    [InlineData(9, 5)]
    public void A_mask_of_sizes_is_that_of_its_cells(int height, int width)
    {
        PaddingMask bySizes = new(4, 7, [(4, 7), (3, 2), (1, 7)]);
        bool[] cells = new bool[3 * 4 * 7];
        for (int i = 0; i < cells.Length; i++)
        {
            (int y, int x) = (i / 7 % 4, i % 7);
            cells[i] = (i / 28) switch { 0 => false, 1 => y >= 3 || x >= 2, _ => y >= 1 };
        }

        PaddingMask byCells = new(3, 4, 7, cells);
        Assert.Equal(cells, bySizes.Padded);
        Assert.Equal(byCells.Resize(height, width).Padded, bySizes.Resize(height, width).Padded);
        Assert.Equal(byCells.Resize(height, width).HasPadding, bySizes.Resize(height, width).HasPadding);
    }

    [Fact]
    public void Images_of_one_size_have_no_padding()
    {
        PaddingMask none = PaddingMask.None(2, 3, 4);
        Assert.False(none.HasPadding);
        Assert.Equal(new bool[24], none.Padded);
        Assert.True(new PaddingMask(3, 4, [(3, 4), (3, 3)]).HasPadding);
        Assert.Throws<ArgumentException>(() => new PaddingMask(3, 4, [(4, 4)]));
        Assert.Throws<ArgumentException>(() => new PaddingMask(1, 3, 4, new bool[11]));
    }
}
