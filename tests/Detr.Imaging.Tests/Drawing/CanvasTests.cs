using System.Numerics;

namespace Detr.Imaging.Tests;

public class CanvasTests
{
    private static readonly Rgb _ground = new(10, 200, 30);

    /// <summary>One of everything, as the draw calls that take a coordinate which may go wrong.</summary>
    public static TheoryData<string> Shapes => [.. _shapes.Keys];

    private static readonly Dictionary<string, Action<Canvas, float>> _shapes = new()
    {
        ["rectangle"] = (canvas, at) => canvas.DrawRectangle(at, at, at + 9, 12, Rgb.White, 3),
        ["filled rectangle"] = (canvas, at) => canvas.FillRectangle(at, 3, 9, at + 7, Rgb.White),
        ["rounded rectangle"] = (canvas, at) => canvas.FillRoundedRectangle(at, at, at + 20, at + 9, 4, Rgb.White),
        ["line"] = (canvas, at) => canvas.DrawLine(at, 3, 4, at + 1, Rgb.White, 4),
        ["steep line"] = (canvas, at) => canvas.DrawLine(at, -at, at + 3, at, Rgb.White, 4),
        ["circle"] = (canvas, at) => canvas.DrawCircle(at, 6, 5, Rgb.White, 2),
        ["disc"] = (canvas, at) => canvas.FillCircle(6, at, 5, Rgb.White),
        ["polygon"] = (canvas, at) => canvas.FillPolygon([new(at, 2), new(9, at), new(3, 12)], Rgb.White),
        ["text"] = (canvas, at) => canvas.DrawText(at, at, "Ag…\n(×)", 14, Rgb.White),
        ["label"] = (canvas, at) => canvas.DrawLabel(at, at, "person", 12, Rgb.White),
        ["overlay"] = (canvas, at) => canvas.Overlay([0, 1, 2, -1], 2, 2, at, 1, 9, at + 5, ColorMaps.Ember, 1),
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void BadCoordinatesDrawNothing(string shape)
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            RgbImage image = TestPictures.Solid(24, 18, _ground);
            _shapes[shape](new(image), bad);
            Assert.Equal(TestPictures.Solid(24, 18, _ground).Pixels, image.Pixels);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void DrawingPartlyOrWhollyOutsideIsClipped(string shape)
    {
        // A large picture is the twin: the small one is a window on it.
        foreach (float at in new[] { -1e30f, -1e6f, -40f, -7.3f, 0f, 5.5f, 17f, 23.9f, 40f, 1e6f, 1e30f })
        {
            foreach ((int width, int height) in new[] { (24, 18), (1, 1), (1, 30) })
            {
                RgbImage image = TestPictures.Solid(width, height, _ground);
                _shapes[shape](new(image), at);
                if (shape == "label" || MathF.Abs(at) > 1000)
                {
                    continue;
                }

                RgbImage large = TestPictures.Solid(200, 200, _ground);
                _shapes[shape](new(large), at);
                Assert.Equal(ImageTransforms.Crop(large, 0, 0, width, height).Pixels, image.Pixels);
            }
        }
    }

    [Theory]
    [InlineData(2, 3, 7, 9)]
    [InlineData(2.25f, 3.5f, 7.75f, 9.125f)]
    [InlineData(4.25f, 4.25f, 4.5f, 4.75f)]
    public void ARectangleCoversItsArea(float x0, float y0, float x1, float y1)
    {
        RgbImage image = new(12, 12);
        new Canvas(image).FillRectangle(x1, y0, x0, y1, Rgb.White);
        Assert.Equal((x1 - x0) * (y1 - y0), Covered(image), 0.05);
        Assert.Equal(Rgb.Black, image.At((int)x0 - 1, (int)y0));
        Assert.Equal(Rgb.Black, image.At((int)MathF.Ceiling(x1), (int)y0));
    }

    [Fact]
    public void AnOutlineCoversItsFrameOnly()
    {
        RgbImage image = new(40, 30);
        new Canvas(image).DrawRectangle(5, 6, 30, 22, Rgb.White, 2);
        Assert.Equal(27 * 18 - 23 * 14, Covered(image), 0.01);
        Assert.Equal(Rgb.White, image.At(4, 5));
        Assert.Equal(Rgb.White, image.At(5, 6));
        Assert.Equal(Rgb.Black, image.At(6, 7));
        Assert.Equal(Rgb.White, image.At(30, 22));
        Assert.Equal(Rgb.Black, image.At(31, 23));
    }

    [Theory]
    [InlineData(0.3f)]
    [InlineData(2.6f)]
    [InlineData(60)]
    public void AnOutlineOfAnyThicknessIsTheDifferenceOfTwoRectangles(float thickness)
    {
        RgbImage image = new(60, 50);
        new Canvas(image).DrawRectangle(10.3f, 8.6f, 40.2f, 39.9f, Rgb.White, thickness);
        double outer = Clipped(10.3 - thickness / 2, 40.2 + thickness / 2, 60) * Clipped(8.6 - thickness / 2, 39.9 + thickness / 2, 50);
        double inner = Math.Max(29.9 - thickness, 0) * Math.Max(31.3 - thickness, 0);
        Assert.Equal(outer - inner, Covered(image), 0.5);

        static double Clipped(double from, double to, double limit) => Math.Min(to, limit) - Math.Max(from, 0);
    }

    [Fact]
    public void DiscsRingsAndLinesCoverTheirAreas()
    {
        AssertArea(Math.PI * 12.3 * 12.3, canvas => canvas.FillCircle(25.2f, 24.8f, 12.3f, Rgb.White));
        AssertArea(2 * Math.PI * 15 * 4, canvas => canvas.DrawCircle(25.2f, 24.8f, 15, Rgb.White, 4));
        AssertArea(30 * 5 + Math.PI * 2.5 * 2.5, canvas => canvas.DrawLine(10, 10, 28, 34, Rgb.White, 5));
        AssertArea(30 * 0.5, canvas => canvas.DrawLine(10, 20.5f, 40, 20.5f, Rgb.White, 0.5f), 0.08);
        AssertArea(30 * 20 - (4 - Math.PI) * 36, canvas => canvas.FillRoundedRectangle(10, 12, 40, 32, 6, Rgb.White));
    }

    [Fact]
    public void PolygonsCoverTheirAreasInBothDirections()
    {
        Vector2[] corners = [new(3.5f, 2.25f), new(44.1f, 9.7f), new(38.2f, 45.3f), new(20.6f, 20.1f), new(7.7f, 41.9f)];
        double area = 0;
        for (int i = 0; i < corners.Length; i++)
        {
            Vector2 next = corners[(i + 1) % corners.Length];
            area += ((double)corners[i].X * next.Y - (double)next.X * corners[i].Y) / 2;
        }

        AssertArea(Math.Abs(area), canvas => canvas.FillPolygon(corners, Rgb.White), 0.002);
        AssertArea(Math.Abs(area), canvas => canvas.FillPolygon([.. corners.Reverse()], Rgb.White), 0.002);
    }

    [Fact]
    public void APolygonThatIsARectangleIsThatRectangle()
    {
        RgbImage polygon = new(20, 20);
        new Canvas(polygon).FillPolygon([new(-5, 3.3f), new(14.6f, 3.3f), new(14.6f, 30), new(-5, 30)], new(200, 90, 7));
        RgbImage rectangle = new(20, 20);
        new Canvas(rectangle).FillRectangle(-5, 3.3f, 14.6f, 30, new(200, 90, 7));
        for (int i = 0; i < polygon.Pixels.Length; i++)
        {
            Assert.InRange(polygon.Pixels[i] - rectangle.Pixels[i], -1, 1);
        }
    }

    [Fact]
    public void SymmetricShapesAreDrawnSymmetric()
    {
        RgbImage image = new(41, 41);
        Canvas canvas = new(image);
        canvas.DrawCircle(20.5f, 20.5f, 13.3f, Rgb.White, 2.5f);
        canvas.DrawRectangle(4.25f, 6.5f, 36.75f, 34.5f, Rgb.White, 1.5f);
        canvas.DrawLine(20.5f, 1, 20.5f, 40, Rgb.White, 3);
        Assert.Equal(image.Pixels, ImageTransforms.FlipHorizontal(image).Pixels);
    }

    [Fact]
    public void OpacityMixesAndJointsDoNotShow()
    {
        RgbImage image = new(30, 10);
        new Canvas(image).DrawPolyline([new(2, 5), new(15, 5), new(28, 5)], Rgb.White, 4, 0.5f);
        Assert.Equal(new Rgb(128, 128, 128), image.At(8, 5));
        Assert.Equal(new Rgb(128, 128, 128), image.At(15, 5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    public void NoOpacityOrThicknessDrawsNothing(float none)
    {
        RgbImage image = TestPictures.Solid(20, 20, _ground);
        Canvas canvas = new(image);
        canvas.FillRectangle(1, 1, 9, 9, Rgb.White, none);
        canvas.DrawLine(1, 1, 9, 9, Rgb.White, none);
        canvas.DrawCircle(9, 9, 5, Rgb.White, none);
        canvas.FillCircle(9, 9, none, Rgb.White);
        canvas.DrawRectangle(1, 1, 9, 9, Rgb.White, none);
        canvas.DrawText(0, 0, "x", none, Rgb.White);
        canvas.DrawText(0, 0, "x", 12, Rgb.White, none);
        canvas.DrawImage(new(5, 5), 1, 1, none);
        canvas.FillPolygon([new(1, 1), new(9, 9)], Rgb.White);
        canvas.DrawPolyline([], Rgb.White);
        Assert.Equal(TestPictures.Solid(20, 20, _ground).Pixels, image.Pixels);
    }

    private static void AssertArea(double expected, Action<Canvas> draw, double tolerance = 0.01)
    {
        RgbImage image = new(50, 50);
        draw(new(image));
        Assert.InRange(Covered(image) / expected, 1 - tolerance, 1 + tolerance);
    }

    /// <summary>The area that white on black covers, in pixels.</summary>
    private static double Covered(RgbImage image) => image.Pixels.Sum(value => value / 255.0) / 3;
}
