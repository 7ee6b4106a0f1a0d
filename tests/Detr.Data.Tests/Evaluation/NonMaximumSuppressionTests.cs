using Detr.Data.Evaluation;

namespace Detr.Data.Tests.Evaluation;

/// <summary>Suppression against its definition, done in the plainest way.</summary>
public sealed class NonMaximumSuppressionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.7)]
    [InlineData(1)]
    public void It_keeps_what_its_definition_keeps(double overlap)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            DetectionResult[] detections = Random(seed, 60);
            Assert.Equal(Plain(detections, overlap), NonMaximumSuppression.Apply(detections, overlap));
        }
    }

    [Fact]
    public void Other_images_and_categories_suppress_nothing()
    {
        ResultBox box = new(10, 10, 20, 20);
        DetectionResult[] detections = [new(1, 1, box, 0.9), new(1, 2, box, 0.8), new(2, 1, box, 0.7), new(1, 1, box, 0.6)];
        Assert.Equal(detections[..3], NonMaximumSuppression.Apply(detections));
    }

    [Fact]
    public void What_is_suppressed_suppresses_nothing()
    {
        // Each overlaps its neighbour by 0.6, and the next but one by a third.
        DetectionResult[] detections = [.. new[] { 0, 10, 20 }.Select((x, i) => new DetectionResult(1, 1, new ResultBox(x, 0, 40, 40), 0.9 - (0.1 * i)))];
        Assert.Equal([detections[0], detections[2]], NonMaximumSuppression.Apply(detections, 0.5));
    }

    [Fact]
    public void Of_equals_the_first_stays_and_of_nothing_nothing()
    {
        ResultBox box = new(0, 0, 5, 5);
        DetectionResult[] twins = [new(1, 1, box, 0.5), new(1, 1, box with { Width = 5.1 }, 0.5)];
        Assert.Equal([twins[0]], NonMaximumSuppression.Apply(twins));
        Assert.Empty(NonMaximumSuppression.Apply([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => NonMaximumSuppression.Apply(twins, double.NaN));
    }

    /// <summary>While any is left: takes the surest, and strikes out what overlaps it too much.</summary>
    private static DetectionResult[] Plain(DetectionResult[] detections, double overlap)
    {
        List<DetectionResult> left = [.. detections], kept = [];
        while (left.Count > 0)
        {
            DetectionResult surest = left[0];
            foreach (DetectionResult other in left)
            {
                surest = other.Score > surest.Score ? other : surest;
            }

            kept.Add(surest);
            left.Remove(surest);
            left.RemoveAll(other => other.ImageId == surest.ImageId && other.CategoryId == surest.CategoryId && Overlap(other.Box, surest.Box) > overlap);
        }

        return [.. detections.Where(kept.Contains)];
    }

    private static double Overlap(ResultBox a, ResultBox b)
    {
        double width = Math.Max(0, Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X)), height = Math.Max(0, Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y));
        return width * height / ((a.Width * a.Height) + (b.Width * b.Height) - (width * height));
    }

    private static DetectionResult[] Random(int seed, int count)
    {
        Random random = new(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ => new DetectionResult(
                random.Next(2), random.Next(2), new ResultBox(random.Next(40), random.Next(40), 10 + random.Next(30), 10 + random.Next(30)), random.NextDouble())),
        ];
    }
}
