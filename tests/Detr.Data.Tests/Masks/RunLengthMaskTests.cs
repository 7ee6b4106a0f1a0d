using System.Text.Json;
using Detr.Data.Evaluation;

namespace Detr.Data.Tests.Masks;

/// <summary>Masks against COCO's own tools, and against pixels counted one by one.</summary>
public sealed class RunLengthMaskTests
{
    [Fact]
    public void Text_area_and_bounds_equal_the_originals()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "rle.json")));
        foreach (JsonElement item in json.RootElement.EnumerateArray())
        {
            (int height, int width) = (item.GetProperty("height").GetInt32(), item.GetProperty("width").GetInt32());
            string text = item.GetProperty("counts").GetString()!;
            bool isPolygon = item.TryGetProperty("polygon", out JsonElement polygon);
            RunLengthMask mask = isPolygon
                ? PolygonMask.Fill(height, width, [.. polygon[0].EnumerateArray().Select(number => number.GetDouble())])
                : RunLengthMask.FromPixels(height, width, [.. item.GetProperty("row_major_bits").GetString()!.Select(bit => bit == '1')]);
            Assert.Equal(text, RunLengthText.Format(mask));
            Assert.Equal(item.GetProperty("area").GetInt64(), mask.Area);
            RunLengthMask read = RunLengthText.Parse(height, width, text);
            Assert.Equal(mask.ToPixels(), read.ToPixels());
            if (!isPolygon)
            {
                double[] box = [.. item.GetProperty("bbox").EnumerateArray().Select(number => number.GetDouble())];
                Assert.Equal(new ResultBox(box[0], box[1], box[2], box[3]), read.Bounds());
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 0.5)]
    [InlineData(7, 30, 0.3)]
    [InlineData(40, 3, 0.9)]
    [InlineData(13, 17, 0.02)]
    [InlineData(5, 5, 0)]
    [InlineData(5, 5, 1)]
    public void Sums_of_runs_equal_sums_of_pixels(int height, int width, double share)
    {
        Random random = new(height + width);
        bool[] a = Pixels(), b = Pixels();
        RunLengthMask first = RunLengthMask.FromPixels(height, width, a), second = RunLengthMask.FromPixels(height, width, b);
        long both = a.Zip(b).Count(pair => pair.First && pair.Second), any = a.Zip(b).Count(pair => pair.First || pair.Second);
        Assert.Equal(a, first.ToPixels());
        Assert.Equal(a.Count(pixel => pixel), first.Area);
        Assert.Equal(both, first.Intersection(second));
        Assert.Equal(any == 0 ? 0 : (double)both / any, first.IntersectionOverUnion(second, isCrowd: false), 1e-12);
        Assert.Equal(first.Area == 0 ? 0 : (double)both / first.Area, first.IntersectionOverUnion(second, isCrowd: true), 1e-12);
        Assert.Equal(a.Zip(b).Select(pair => pair.First || pair.Second), RunLengthMask.Union([first, second]).ToPixels());
        Assert.Equal(RunLengthMask.FromPixels(height, width, [.. a.Zip(b).Select(pair => pair.First || pair.Second)]).Runs, RunLengthMask.Union([first, second]).Runs);
        Assert.Equal(first.Runs, RunLengthText.Parse(height, width, RunLengthText.Format(first)).Runs);

        bool[] Pixels() => [.. Enumerable.Range(0, height * width).Select(_ => random.NextDouble() < share)];
    }

    [Fact]
    public void A_polygon_around_pixels_is_those_pixels()
    {
        RunLengthMask mask = PolygonMask.Fill(10, 12, [2, 3, 7, 3, 7, 8, 2, 8]);
        Assert.Equal((25L, new ResultBox(2, 3, 5, 5)), (mask.Area, mask.Bounds()));
        Assert.Equal(120, PolygonMask.Fill(10, 12, [-5, -5, 30, -5, 30, 30, -5, 30]).Area);
        Assert.Equal(0, PolygonMask.Fill(10, 12, [4, 4]).Area);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("05OO")]
    [InlineData("oooooooooooo")]
    [InlineData("01é")]
    [InlineData("W")]
    public void Damaged_texts_are_refused(string text) => Assert.Throws<InvalidDataException>(() => RunLengthText.Parse(3, 4, text));

    [Theory]
    [InlineData(12, -12, 12)]
    [InlineData(13)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Runs_that_do_not_fill_the_picture_are_refused(params int[] runs) => Assert.Throws<InvalidDataException>(() => RunLengthMask.FromRuns(3, 4, runs));

    [Theory]
    [InlineData(1.0, 2.0, 3.0)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(1e300, 1.0, 4.0, 4.0)]
    public void Polygons_that_are_none_are_refused(params double[] points) => Assert.Throws<InvalidDataException>(() => PolygonMask.Fill(3, 4, points));
}
