namespace Detr.Imaging.Tests;

public class ResizeRulesTests
{
    [Theory]
    [InlineData(640, 480, 800, 1333, 1066, 800)]
    [InlineData(480, 640, 800, 1333, 800, 1066)]
    [InlineData(640, 427, 240, 333, 332, 222)]
    [InlineData(640, 427, 480, 640, 640, 427)]
    [InlineData(7, 300, 20, 400, 9, 385)]
    [InlineData(800, 1000, 800, 1333, 800, 1000)]
    [InlineData(500, 500, 800, null, 800, 800)]
    [InlineData(640, 427, 128, null, 191, 128)]
    public void FollowsTheReference(int width, int height, int size, int? maximum, int newWidth, int newHeight) =>
        Assert.Equal((newWidth, newHeight), ResizeRules.ShortSide(width, height, size, maximum));

    // 25 · 1 / 10 is 2.5 and 35 · 1 / 10 is 3.5: halves go to the even number.
    [Theory]
    [InlineData(25, 2)]
    [InlineData(35, 4)]
    public void HalvesRoundToEven(int maximum, int shortSide) =>
        Assert.Equal(shortSide, ResizeRules.ShortSide(1000, 100, 800, maximum).Height);

    [Theory]
    [InlineData(1, 60000, 800, 1333)]
    [InlineData(60000, 1, 800, 1333)]
    [InlineData(1, 1, 800, 1333)]
    [InlineData(3000, 7, 800, 1333)]
    public void NoSideVanishes(int width, int height, int size, int maximum)
    {
        (int newWidth, int newHeight) = ResizeRules.ShortSide(width, height, size, maximum);
        Assert.True(Math.Min(newWidth, newHeight) >= 1);
    }

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 1, 0)]
    public void RefusesWhatIsBelowOne(int width, int height, int size, int maximum) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ResizeRules.ShortSide(width, height, size, maximum));
}
