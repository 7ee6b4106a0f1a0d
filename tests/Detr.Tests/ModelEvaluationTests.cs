using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Explain;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>What an evaluation shows the model, and what it calls what the model finds.</summary>
public sealed class ModelEvaluationTests : IDisposable
{
    private static readonly int[] Sizes = [64, 64, 64, 96, 96, 64];

    private readonly CpuBackend _backend = new(2);
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");

    public void Dispose()
    {
        _backend.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [InlineData(true, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(false, new[] { 3, 5, 6 })]
    public void Dilated_models_see_one_picture_at_a_time_and_no_model_sees_padding(bool dilation, int[] steps)
    {
        DetrModel model = new(SmallModel.Options with { Backbone = SmallModel.Options.Backbone with { Dilation = dilation } });
        DetrInitialization.Initialize(model, new RandomStream(1));
        MixedScenes scenes = new(id => id);

        // A training that padded its batches must not change how its model is evaluated.
        Trainer trainer = new(model, new SetCriterion(12, new HungarianMatcher(), new CriterionOptions()), new TrainingOptions(), _backend, 9);
        trainer.TrainEpoch(new BatchLoader(scenes, [], 3, 3) { GroupsByShape = false });
        List<int> done = [];
        EvaluationResult result = ModelEvaluation.Evaluate(model, scenes.Categories, scenes, null, _backend, done.Add);
        Assert.Equal(steps, done);
        for (int i = 0; i < scenes.Count; i++)
        {
            int size = Sizes[i];
            (float[] logits, float[] boxes) = Alone(model, scenes, i);
            DetectionResult[] found = [.. result.Detections.Where(detection => detection.ImageId == i + 1)];
            Assert.Equal(SmallModel.Options.Queries, found.Length);
            for (int query = 0; query < found.Length; query++)
            {
                Assert.Equal((boxes[4 * query] - (boxes[(4 * query) + 2] / 2)) * size, found[query].Box.X, 1e-3);
                Assert.Equal(boxes[(4 * query) + 3] * size, found[query].Box.Height, 1e-3);
                Assert.Equal(Probability(logits, query), found[query].Score, 1e-5);
            }
        }
    }

    [Fact]
    public void Trials_of_heads_find_what_each_finds_alone()
    {
        DetrModel model = SmallModel.Create();
        ShapesDataset scenes = SmallModel.Scenes(3);
        HeadsOff?[] trials = [null, new AttentionHead(new AttentionPlace(AttentionKind.DecoderCross, 1), 0).Off(), new HeadsOff(new HeadSelection(AttentionKind.EncoderSelf))];
        IReadOnlyList<EvaluationResult> together = ModelEvaluation.EvaluateHeads(model, scenes.Categories, scenes, null, _backend, trials);
        Assert.Equal(trials.Length, together.Count);
        for (int i = 0; i < trials.Length; i++)
        {
            EvaluationResult alone = ModelEvaluation.EvaluateLayers(model, scenes.Categories, scenes, null, _backend, trials[i])[^1];
            Assert.Equal(alone.Detections, together[i].Detections);
            Assert.Equal(alone.Summary.AP, together[i].Summary.AP);
        }

        Assert.NotEqual(together[0].Detections, together[1].Detections);
        Assert.NotEqual(together[0].Detections, together[2].Detections);
    }

    [Fact]
    public void Ids_with_gaps_go_through_a_models_file_and_come_back_as_the_data_has_them()
    {
        MixedScenes trained = new(id => (9 * id) + 5), evaluated = new(id => 100 - (7 * id));
        ModelFile.Save(_path, SmallModel.Create(), trained.Categories);
        (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(_path);
        Assert.Equal(trained.Categories, categories);
        EvaluationResult own = ModelEvaluation.Evaluate(model, categories, trained, null, _backend), other = ModelEvaluation.Evaluate(model, categories, evaluated, null, _backend);
        Assert.Equal(Sizes.Length * SmallModel.Options.Queries, own.Detections.Count);
        for (int i = 0; i < trained.Count; i++)
        {
            (float[] logits, _) = Alone(model, trained, i);
            int[] best = [.. Enumerable.Range(0, SmallModel.Options.Queries).Select(query => Best(logits, query))];
            Assert.Equal(best.Select(place => trained.Categories[place].Id), own.Detections.Where(detection => detection.ImageId == i + 1).Select(detection => detection.CategoryId));
            Assert.Equal(best.Select(place => evaluated.Categories[place].Id), other.Detections.Where(detection => detection.ImageId == i + 1).Select(detection => detection.CategoryId));
        }
    }

    private (float[] Logits, float[] Boxes) Alone(DetrModel model, MixedScenes scenes, int index)
    {
        using DetectionBatch batch = BatchBuilder.Build([(scenes.Load(index), TargetBuilder.Build(scenes.Annotations(index)))], [index]);
        Assert.False(batch.Padding.HasPadding);
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding);
        return (output.Logits.ToArray(), output.Boxes.ToArray());
    }

    private static int Best(float[] logits, int query)
    {
        float[] row = logits[(query * 13)..((query * 13) + 12)];
        return Array.IndexOf(row, row.Max());
    }

    private static double Probability(float[] logits, int query)
    {
        float[] row = logits[(query * 13)..((query + 1) * 13)];
        return Math.Exp(row[Best(logits, query)]) / row.Sum(value => Math.Exp(value));
    }

    /// <summary>Scenes of two sizes, whose categories have ids of one's choice.</summary>
    private sealed class MixedScenes(Func<int, int> id) : IDetectionDataset
    {
        public int Count => Sizes.Length;

        public IReadOnlyList<Category> Categories { get; } = [.. SmallModel.Scenes(1).Categories.Select(category => category with { Id = id(category.Id) })];

        public ImageAnnotations Annotations(int index) => Of(index).Annotations(index);

        public RgbImage Load(int index) => Of(index).Load(index);

        private static ShapesDataset Of(int index) => new(Sizes.Length, 5, new ShapesOptions { Size = Sizes[index] });
    }
}
