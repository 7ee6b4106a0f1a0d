using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Models;
using Detr.Tensors;
using Detr.Tests.Checkpoints;
using Detr.Training;

namespace Detr.Tests.Segmentation;

/// <summary>A model's segments are scored as the detector gives them.</summary>
public sealed class PanopticEvaluationTests : IDisposable
{
    private readonly CpuBackend _backend = new(2);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Figures_are_those_of_the_segments_that_the_detector_gives()
    {
        ShapesDataset scenes = new(3, 5, new ShapesOptions { Size = 64, HasStuff = true });
        DetrModel model = TinyDetr.Create(TinyDetr.PreNorm with { Masks = true, Classes = scenes.Categories.Count, Size = 64, MaximumSize = 64 });
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            ModelFile.Save(path, model, scenes.Categories);
            using Detector detector = Detector.Load(path, new DetectorOptions { Threads = 1 });
            Assert.Equal(scenes.Categories, detector.Categories);
            PanopticMatches[] expected = [.. Enumerable.Range(0, 3).Select(i => PanopticEvaluator.Match(scenes.Segmentation(i), detector.Segment(scenes.Load(i), 0.1f)))];
            PanopticSummary summary = PanopticEvaluation.Evaluate(model, scenes.Categories, scenes, model.Options.Resize(), _backend, 0.1f);
            Assert.Equal(expected.Sum(match => match.Matched.Count), summary.PerCategory.Sum(category => category.Matched));
            Assert.Equal(expected.Sum(match => match.Missed.Count), summary.PerCategory.Sum(category => category.Missed));
            Assert.Equal(expected.Sum(match => match.Invented.Count), summary.PerCategory.Sum(category => category.Invented));
            Assert.NotEqual(0, summary.PerCategory.Sum(category => category.Missed));

            EvaluationResult masks = MaskEvaluation.Evaluate(model, scenes.Categories, scenes, model.Options.Resize(), _backend);
            RunLengthMask[] alone = [.. Enumerable.Range(0, 3).SelectMany(i => detector.DetectMasks(scenes.Load(i), 0)).Select(item => item.Mask)];
            Assert.Equal(alone.Length, masks.Detections.Count);
            Assert.All(alone.Zip(masks.Detections), pair => Assert.InRange(pair.First.IntersectionOverUnion(pair.Second.Mask!, isCrowd: false), pair.First.Area == 0 ? 0 : 0.95, 1));
            Assert.NotNull(masks.Summary.Figures[0].Value);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Models_without_a_mask_head_are_refused()
    {
        ShapesDataset scenes = SmallModel.Scenes(1);
        Assert.Throws<ArgumentException>(() => PanopticEvaluation.Evaluate(SmallModel.Create(), scenes.Categories, scenes, null, _backend));
        Assert.Throws<ArgumentException>(() => MaskEvaluation.Evaluate(SmallModel.Create(), scenes.Categories, scenes, null, _backend));
    }
}
