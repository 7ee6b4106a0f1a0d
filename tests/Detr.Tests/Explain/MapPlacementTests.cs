using Detr.Explain;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Explain;

/// <summary>Maps lie where the cells look out from.</summary>
public sealed class MapPlacementTests
{
    private const double HalfAPixel = 0.5 + 1e-6;

    // Of the original, of what the model saw, and of the feature map.
    public static TheoryData<int, int, int, int, int, int, int> Placements => new()
    {
        { 128, 128, 128, 128, 16, 8, 8 },
        { 480, 640, 800, 1066, 32, 34, 25 },
        { 1600, 1200, 1066, 800, 32, 25, 34 },
        { 500, 375, 640, 480, 16, 40, 60 },
        { 50, 60, 200, 240, 32, 8, 7 },
    };

    [Fact]
    public void A_cell_sees_as_far_to_all_sides_of_its_centre()
    {
        const int Side = 64, Column = 4;
        DetrModel model = SmallModel.Create();
        float[] pixels = new float[(Side + 1) * 3 * Side * Side];
        for (int lit = 0; lit < Side; lit++)
        {
            // In one picture for each column, that column alone is lit; the last is dark.
            for (int row = 0; row < 3 * Side; row++)
            {
                pixels[(((lit * 3 * Side) + row) * Side) + lit] = 1;
            }
        }

        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        Tensor features = model.Backbone.Forward(context, context.Upload([Side + 1, 3, Side, Side], pixels));
        MapPlacement placement = MapPlacement.Unpadded(model.Options.Backbone, Side, Side);
        Assert.Equal((placement.Rows, placement.Columns), (features.Shape[1], features.Shape[2]));
        float[] changes = [.. Enumerable.Range(0, Side).Select(lit => Cell(lit).Zip(Cell(Side), (a, b) => MathF.Abs(a - b)).Max())];

        // Fast convolutions leave rounding errors around what a cell sees.
        int[] seen = [.. Enumerable.Range(0, Side).Where(lit => changes[lit] > 1e-5f * changes.Max())];
        Assert.InRange(seen.Min(), 1, Side - 2);
        Assert.InRange(seen.Max(), 1, Side - 2);
        Assert.Equal(placement.Centre(0, Column, Side, Side).X, (seen.Min() + seen.Max() + 1) / 2.0);

        float[] Cell(int picture) => features.AsSpan().Slice(((((picture * placement.Rows) + Column) * placement.Columns) + Column) * features.Shape[3], features.Shape[3]).ToArray();
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public void A_hot_cell_is_hottest_at_its_centre(int width, int height, int modelWidth, int modelHeight, int stride, int rows, int columns)
    {
        MapPlacement placement = new(modelWidth, modelHeight, stride, rows, columns);
        foreach ((int row, int column) in new[] { (1, 1), (placement.PictureRows / 2, placement.PictureColumns / 2), (placement.PictureRows - 2, placement.PictureColumns - 2) })
        {
            float[] map = new float[rows * columns];
            map[(row * columns) + column] = 1;
            float[] enlarged = placement.Enlarge(map, width, height);
            float largest = enlarged.Max();
            (double x, double y) = placement.Centre(row, column, width, height);
            Assert.All(Enumerable.Range(0, enlarged.Length).Where(i => enlarged[i] == largest), i =>
            {
                Assert.InRange((i % width) + 0.5 - x, -HalfAPixel, HalfAPixel);
                Assert.InRange((i / width) + 0.5 - y, -HalfAPixel, HalfAPixel);
            });
            Assert.Equal((row * columns) + column, placement.CellAt(x, y, width, height));
        }
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public void Cells_of_padding_do_not_show(int width, int height, int modelWidth, int modelHeight, int stride, int rows, int columns)
    {
        MapPlacement placement = new(modelWidth, modelHeight, stride, rows, columns);
        float[] map = new float[rows * columns];
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = i / columns < placement.PictureRows && i % columns < placement.PictureColumns ? 3 : float.NaN;
        }

        Assert.True(Array.TrueForAll(placement.Enlarge(map, width, height), value => MathF.Abs(value - 3) < 1e-5f));
        int last = placement.CellAt(double.MaxValue, height * 2.0, width, height);
        Assert.Equal((placement.PictureRows - 1, placement.PictureColumns - 1), (last / columns, last % columns));
        Assert.Equal(0, placement.CellAt(-5, -5, width, height));
    }

    [Fact]
    public void Every_centre_lies_in_the_picture()
    {
        for (int pixels = 1; pixels < 100; pixels++)
        {
            MapPlacement placement = MapPlacement.Unpadded(new BackboneOptions(), pixels, pixels);
            Assert.InRange(placement.Centre(0, placement.Columns - 1, pixels, pixels).X, 0.5, pixels - 0.5);
        }
    }

    [Theory]
    [InlineData(7, 3000)]
    [InlineData(3000, 7)]
    [InlineData(1, 1)]
    public void One_cell_fills_a_picture_of_any_shape(int width, int height)
        => Assert.All(new MapPlacement(3, 2, 32, 1, 1).Enlarge([0.25f], width, height), value => Assert.Equal(0.25f, value));

    [Fact]
    public void A_detectors_resizing_and_the_feature_maps_cells_are_the_models()
    {
        MapPlacement large = MapPlacement.Of(new DetrOptions(), 480, 640);
        Assert.Equal((800, 1066, 32, 34, 25), (large.ModelWidth, large.ModelHeight, large.Stride, large.Rows, large.Columns));
        MapPlacement dilated = MapPlacement.Of(new DetrOptions { Backbone = new BackboneOptions { Dilation = true } }, 480, 640, size: 400);
        Assert.Equal((400, 533, 16, 34, 25), (dilated.ModelWidth, dilated.ModelHeight, dilated.Stride, dilated.Rows, dilated.Columns));
    }

    [Fact]
    public void A_map_of_another_picture_is_refused()
    {
        Assert.Contains("25 × 34", Assert.Throws<ArgumentException>(() => new MapPlacement(1066, 800, 32, 25, 33)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new MapPlacement(64, 64, 32, 2, 2).Enlarge(new float[3], 10, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MapPlacement(64, 64, 0, 2, 2));
    }
}
