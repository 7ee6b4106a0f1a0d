using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>How a training goes by its options: rates, accumulated gradients, averaged weights, frozen parts.</summary>
public sealed class TrainingOptionsTests
{
    private const int Pictures = 8;

    [Fact]
    public void Accumulated_batches_make_the_step_of_one_large_batch()
    {
        // Norms that learn would see other statistics, and dropout other numbers.
        DetrOptions options = SmallModel.Options with
        {
            Backbone = SmallModel.Options.Backbone with { Norm = BackboneNorm.Frozen }, Transformer = SmallModel.Options.Transformer with { Dropout = 0 },
        };
        (Dictionary<string, float> large, double largeNorm, DetrModel one) = OneStep(options, Pictures, 1);
        (Dictionary<string, float> small, double smallNorm, DetrModel parts) = OneStep(options, 2, 4);
        Assert.Equal(largeNorm, smallNorm, 1e-5 * largeNorm);
        Assert.Equal(large.Keys.Order(), small.Keys.Order());
        Assert.All(large, pair => Assert.Equal(pair.Value, small[pair.Key], 1e-4f * Math.Max(1, Math.Abs(pair.Value))));

        // AdamW's first step is the gradient's sign for all but the smallest gradients, so moments are compared instead of weights.
        Assert.All(_moments[one], pair => Assert.True(Distance(pair.Value, _moments[parts][pair.Key]) <= (1e-5 * Length(pair.Value)) + 1e-9, pair.Key));
    }

    [Fact]
    public void The_running_mean_follows_the_weights_and_leaves_what_is_frozen()
    {
        using CpuBackend backend = new(2);
        DetrModel model = SmallModel.Create();
        TrainableParts.Freeze(model, "encoder");
        WeightAverage average = new(model, 0.5f);
        Trainer trainer = Trainer(model, backend, new TrainingOptions { LearningRate = 1e-3f }, average);
        Dictionary<string, float[]> mean = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(), StringComparer.Ordinal);
        trainer.TrainEpoch(new BatchLoader(SmallModel.Scenes(Pictures), [], 2, 3), progress =>
        {
            float keep = Math.Min(0.5f, (1f + progress.Step) / (10f + progress.Step));
            foreach (Parameter parameter in model.Parameters)
            {
                float[] values = mean[parameter.Name];
                ReadOnlySpan<float> now = parameter.AsSpan();
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (keep * values[i]) + ((1 - keep) * now[i]);
                }
            }
        });
        foreach (Parameter parameter in average.Model.Parameters)
        {
            Assert.True(Distance(mean[parameter.Name], parameter.ToArray()) <= 1e-5 * (1 + Length(mean[parameter.Name])), parameter.Name);
        }

        string frozen = "transformer.encoder.layers.0.linear1.weight";
        Assert.Equal(model.Parameters[frozen].ToArray(), average.Model.Parameters[frozen].ToArray());
        Assert.NotEqual(model.Parameters["class_embed.weight"].ToArray(), average.Model.Parameters["class_embed.weight"].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAverage(model, 1));
    }

    [Fact]
    public void Rates_rise_and_then_fall_in_a_step_or_along_a_cosine()
    {
        TrainingOptions step = new() { Epochs = 4, DropEpoch = 2, WarmupSteps = 3, LearningRate = 1 };
        Assert.Equal([1 / 3f, 2 / 3f, 1, 1, 1, 1, 1, 1, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f], Rates(step), Near);
        TrainingOptions cosine = new() { Epochs = 4, Schedule = LearningRateSchedule.Cosine, LearningRate = 1 };
        float[] rates = Rates(cosine);
        Assert.Equal(1, rates[0]);
        Assert.Equal(0.505f, rates[8], 1e-3f);
        Assert.InRange(rates[^1], 0.01f, 0.03f);
        Assert.Equal(rates.OrderDescending(), rates);

        static bool Near(float a, float b) => Math.Abs(a - b) < 1e-6f;
    }

    [Theory]
    [InlineData("backbone", "backbone.0.")]
    [InlineData("encoder", "transformer.encoder.")]
    [InlineData("decoder", "transformer.decoder.")]
    [InlineData("transformer", "transformer.")]
    [InlineData("queries", "query_embed.")]
    [InlineData("class-head", "class_embed.")]
    [InlineData("box-head", "bbox_embed.")]
    [InlineData("projection", "input_proj.")]
    public void A_frozen_part_and_nothing_else_stays_as_it_was(string part, string prefix)
    {
        using CpuBackend backend = new(2);
        DetrModel model = SmallModel.Create();
        Dictionary<string, float[]> before = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(), StringComparer.Ordinal);
        TrainableParts.Freeze(model, part);
        Trainer(model, backend, new TrainingOptions()).TrainEpoch(new BatchLoader(SmallModel.Scenes(4), [], 2, 3));
        Assert.All(
            model.Parameters.Where(parameter => !parameter.IsBuffer),
            parameter => Assert.Equal(parameter.Name.StartsWith(prefix, StringComparison.Ordinal), parameter.AsSpan().SequenceEqual(before[parameter.Name])));
    }

    [Fact]
    public void A_part_that_there_is_not_is_named()
        => Assert.Contains("neck", Assert.Throws<ArgumentException>(() => TrainableParts.Freeze(SmallModel.Create(), "neck")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_loss_that_is_no_number_is_told_with_its_step_and_pictures_and_changes_no_weight()
    {
        using CpuBackend backend = new(2);
        DetrModel model = SmallModel.Create();
        Trainer trainer = Trainer(model, backend, new TrainingOptions());
        BatchLoader loader = new(SmallModel.Scenes(4), [], 2, 3);
        trainer.TrainEpoch(loader);
        model.Parameters["class_embed.bias"].Write([float.NaN, .. model.Parameters["class_embed.bias"].ToArray()[1..]]);
        float[] before = model.Parameters["class_embed.weight"].ToArray();
        string message = Assert.Throws<ArithmeticException>(() => trainer.TrainEpoch(loader)).Message;
        Assert.Contains("step 3, epoch 1", message, StringComparison.Ordinal);
        Assert.Matches(@"on 00000\d\.png, 00000\d\.png: ", message);
        Assert.Equal(before, model.Parameters["class_embed.weight"].ToArray());
        Assert.Equal(2, trainer.State.Steps);
    }

    [Fact]
    public void Boxes_that_are_all_the_same_have_no_spread()
    {
        using CpuBackend backend = new(2);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        Tensor same = context.Upload([1, 3, 4], [0.5f, 0.5f, 0.2f, 0.2f, 0.5f, 0.5f, 0.2f, 0.2f, 0.5f, 0.5f, 0.2f, 0.2f]);
        Tensor apart = context.Upload([1, 2, 4], [0.2f, 0.3f, 0.1f, 0.2f, 0.6f, 0.5f, 0.1f, 0.2f]);
        Assert.Equal(0, BoxSpread.Of(new DetrOutput(same, same, [])), 1e-4f);
        Assert.Equal((0.2f + 0.1f) / 4, BoxSpread.Of(new DetrOutput(apart, apart, [])), 1e-6f);
    }

    private readonly Dictionary<DetrModel, Dictionary<string, float[]>> _moments = [];

    private (Dictionary<string, float> Losses, double Norm, DetrModel Model) OneStep(DetrOptions options, int batch, int accumulated)
    {
        using CpuBackend backend = new(2);
        DetrModel model = new(options);
        DetrInitialization.Initialize(model, new RandomStream(1));
        Trainer trainer = Trainer(model, backend, new TrainingOptions { ClipNorm = 0, AccumulatedBatches = accumulated });
        List<TrainingProgress> steps = [];
        trainer.TrainEpoch(new BatchLoader(SmallModel.Scenes(Pictures), [], batch, 3), steps.Add);
        _moments[model] = trainer.Optimizer.Groups.SelectMany(group => group.Parameters)
            .ToDictionary(parameter => parameter.Name, parameter => trainer.Optimizer.Moments(parameter).First.ToArray(), StringComparer.Ordinal);
        TrainingProgress step = Assert.Single(steps);
        return (step.Losses.ToDictionary(StringComparer.Ordinal), step.GradientNorm, model);
    }

    private static float[] Rates(TrainingOptions options)
    {
        using CpuBackend backend = new(2);
        DetrModel model = SmallModel.Create();
        Trainer trainer = Trainer(model, backend, options with { LearningRate = 1e-6f });
        List<float> rates = [];
        while (!trainer.IsOver)
        {
            trainer.TrainEpoch(new BatchLoader(SmallModel.Scenes(Pictures), [], 2, 3), progress => rates.Add(progress.LearningRate * 1e6f));
        }

        return [.. rates];
    }

    private static Trainer Trainer(DetrModel model, CpuBackend backend, TrainingOptions options, WeightAverage? average = null)
        => new(model, new SetCriterion(12, new HungarianMatcher(), new CriterionOptions { EncoderLoss = 1 }), options, backend, 9) { Average = average };

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * (x - y)).Sum());

    private static double Length(float[] a) => Math.Sqrt(a.Sum(x => (double)x * x));
}
