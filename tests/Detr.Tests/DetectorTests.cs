using Detr.Data;
using Detr.Explain;
using Detr.Imaging;
using Detr.Models;

namespace Detr.Tests;

/// <summary>The library's front door.</summary>
public sealed class DetectorTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");

    public DetectorTests() => ModelFile.Save(_path, SmallModel.Create(), SmallModel.Scenes(1).Categories);

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Many_threads_get_what_one_gets()
    {
        using Detector detector = Detector.Load(_path, new DetectorOptions { Size = 96, MaximumSize = 160 });
        RgbImage[] images = [.. Enumerable.Range(0, 6).Select(SmallModel.Scenes(6).Load)];
        IReadOnlyList<Detection>[] alone = [.. images.Select(image => detector.Detect(image, 0))];
        IReadOnlyList<Detection>[] together = [.. images.AsParallel().AsOrdered().WithDegreeOfParallelism(6).Select(image => detector.Detect(image, 0))];
        Assert.Equal(alone.SelectMany(found => found), together.SelectMany(found => found));
    }

    [Fact]
    public async Task A_warm_up_beside_the_first_picture_changes_nothing()
    {
        DetectorOptions options = new() { Size = 96, MaximumSize = 160, Threads = 2 };
        RgbImage image = SmallModel.Scenes(1).Load(0);
        using Detector cold = Detector.Load(_path, options), warm = Detector.Load(_path, options);
        Task warmUp = Task.Run(() => warm.WarmUp(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        (IReadOnlyList<Detection> found, DetectionTimings timings) = warm.Detect(image, new DetectRequest { Threshold = 0 }, TestContext.Current.CancellationToken);
        await warmUp;
        Assert.Equal(cold.Detect(image, 0, TestContext.Current.CancellationToken), found);
        Assert.True(timings.Resize > TimeSpan.Zero && timings.Run > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3000)]
    [InlineData(640, 1)]
    public void Odd_sizes_give_a_detection_for_every_query(int width, int height)
    {
        using Detector detector = Detector.Load(_path, new DetectorOptions { Size = 64, MaximumSize = 128 });
        IReadOnlyList<Detection> found = detector.Detect(new RgbImage(width, height), 0);
        Assert.Equal(Enumerable.Range(0, 10), found.Select(detection => detection.Query));
        Assert.All(found, detection => Assert.True(float.IsFinite(detection.X0 + detection.Y1) && detection.Score is >= 0 and <= 1));
    }

    [Fact]
    public void Who_looks_on_sees_the_model_without_the_heads_that_are_off()
    {
        using Detector detector = Detector.Load(_path, new DetectorOptions { Size = 64, MaximumSize = 128 });
        RgbImage image = SmallModel.Scenes(1).Load(0);
        AttentionPlace place = new(AttentionKind.DecoderCross, 1);
        AttentionCapture capture = new(seen => seen == place, heads: true);
        HeadsOff off = new(new HeadSelection(AttentionKind.DecoderCross) { Heads = [1] });
        DetectRequest request = new() { Threshold = 0, AttentionObserver = capture, HeadMask = off };
        IReadOnlyList<Detection> found = detector.Detect(image, request, TestContext.Current.CancellationToken).Detections;
        Assert.NotEqual(detector.Detect(image, 0, TestContext.Current.CancellationToken), found);
        Assert.Equal(1f, capture.Head(place, 0).Row(3).ToArray().Sum(), 1e-5);
        Assert.All(capture.Head(place, 1).Values, value => Assert.Equal(0f, value));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-0.1f)]
    [InlineData(float.NaN)]
    public void A_threshold_that_is_no_probability_is_refused(float threshold)
    {
        using Detector detector = Detector.Load(_path);
        Assert.Throws<ArgumentOutOfRangeException>(() => detector.Detect(new RgbImage(8, 8), threshold));
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Contains("nowhere.safetensors", Assert.Throws<FileNotFoundException>(() => Detector.Load("nowhere.safetensors")).Message, StringComparison.Ordinal);
}
