using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>The loss of what the heads read from the encoder's cells.</summary>
public sealed class EncoderLossTests : IDisposable
{
    private static readonly CriterionOptions WithEncoder = new() { EncoderLoss = 0.5f };

    // Two pictures of 2 × 3 cells; the second one's last column is padding.
    private static readonly (int, int)[] Sizes = [(2, 3), (2, 2)];
    private static readonly PaddingMask Cells = new(2, 3, Sizes);
    private static readonly BoxTargets[] Targets = [new([0, 2], [0.2f, 0.3f, 0.3f, 0.4f, 0.7f, 0.6f, 0.9f, 0.8f]), new([1], [0.3f, 0.8f, 0.2f, 0.3f])];

    private readonly CpuBackend _backend = new(1);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Nobody_who_does_not_ask_for_it_gets_it()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrModel model = SmallModel.Create();
        Tensor image = context.Zeros([1, 3, 64, 64]);
        Assert.Null(model.Forward(context, image, PaddingMask.None(1, 64, 64), AuxiliaryOutputs.Decoder).Encoder);

        (Tensor logits, Tensor boxes) = Random(context, 7);
        CriterionResult plain = Criterion(new CriterionOptions()).Forward(context, Output(context, new EncoderOutput(logits, boxes, Cells)), Targets);
        CriterionResult without = Criterion(WithEncoder).Forward(context, Output(context, null), Targets);
        Assert.Equal(plain.Total.Item(), without.Total.Item());
        Assert.Equal(plain.Losses, without.Losses);
    }

    [Fact]
    public void The_last_decoder_layer_does_not_depend_on_it()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrModel model = SmallModel.Create();
        RandomStream random = new(2);
        Tensor image = context.Upload([1, 3, 64, 96], [.. Enumerable.Range(0, 3 * 64 * 96).Select(_ => (float)random.NextDouble())]);
        DetrOutput alone = model.Forward(context, image, PaddingMask.None(1, 64, 96));
        DetrOutput all = model.Forward(context, image, PaddingMask.None(1, 64, 96), AuxiliaryOutputs.Decoder | AuxiliaryOutputs.Encoder);
        Assert.Equal(alone.Logits.ToArray(), all.Logits.ToArray());
        Assert.Equal(alone.Boxes.ToArray(), all.Boxes.ToArray());
        EncoderOutput encoder = Assert.IsType<EncoderOutput>(all.Encoder);
        Assert.Equal((1, 8 * 12, 13), (encoder.Logits.Shape[0], encoder.Logits.Shape[1], encoder.Logits.Shape[2]));
        Assert.Equal((8, 12), (encoder.Cells.Height, encoder.Cells.Width));
        Assert.All(encoder.Boxes.ToArray(), side => Assert.InRange(side, 0, 1));
    }

    [Theory]
    [InlineData(DetrVariant.Detr, false)]
    [InlineData(DetrVariant.Detr, true)]
    [InlineData(DetrVariant.DeformableDetr, false)]
    public void Its_cells_are_known_before_the_pass(DetrVariant variant, bool dilates)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrModel model = SmallModel.Create(SmallModel.Options with
        {
            Variant = variant, Backbone = SmallModel.Options.Backbone with { Dilation = dilates }, Deformable = new DeformableOptions { Levels = 3 },
        });
        PaddingMask padding = new(67, 45, [(67, 30), (33, 45)]);
        PaddingMask cells = model.Tokenize(context, context.Zeros([2, 3, 67, 45]), padding).Cells, known = model.CellsOf(padding);
        Assert.Equal((cells.Height, cells.Width), (known.Height, known.Width));
        Assert.Equal(cells.Padded, known.Padded);
    }

    [Theory]
    [InlineData(ClassScoring.Softmax)]
    [InlineData(ClassScoring.Sigmoid)]
    public void The_parts_of_a_step_sum_to_one_large_batch(ClassScoring scoring)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        (Tensor logits, Tensor boxes) = Random(context, 19);
        int classes = scoring == ClassScoring.Softmax ? 3 : 4;
        SetCriterion criterion = new(classes, new HungarianMatcher(), WithEncoder);
        CriterionResult whole = criterion.Forward(context, Of(0, 2), Targets);
        StepContents step = new(Targets, [Lying(0, 1), Lying(1, 1)]);
        CriterionResult[] parts = [.. Enumerable.Range(0, 2).Select(image => criterion.Forward(context, Of(image, 1), [Targets[image]], step))];
        Assert.Equal(whole.Total.Item(), parts.Sum(part => part.Total.Item()), 1e-4f);
        Assert.All(whole.Losses, loss => Assert.Equal(loss.Value, parts.Sum(part => part.Losses[loss.Key]), 1e-3f));

        PaddingMask Lying(int first, int count) => new(2, 3, Sizes[first..(first + count)]);

        DetrOutput Of(int first, int count) => new DetrOutput(
            context.Slice(Output(context, null).Logits, 0, first, count), context.Slice(Output(context, null).Boxes, 0, first, count), [],
            new EncoderOutput(context.Slice(logits, 0, first, count), context.Slice(boxes, 0, first, count), Lying(first, count))) { Scoring = scoring };
    }

    [Fact]
    public void What_is_predicted_on_padding_does_not_count()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        (Tensor logits, Tensor boxes) = Random(context, 7);
        float before = Loss(context, logits, boxes);
        (float[] otherLogits, float[] otherBoxes) = (logits.ToArray(), boxes.ToArray());
        foreach (int padded in (int[])[6 + 2, 6 + 5])
        {
            otherLogits.AsSpan(padded * 4, 4).Fill(9f);
            otherBoxes.AsSpan(padded * 4, 4).Fill(0.9f);
        }

        Assert.Equal(before, Loss(context, context.Upload([2, 6, 4], otherLogits), context.Upload([2, 6, 4], otherBoxes)));
        otherLogits[6 * 4] += 1;
        Assert.NotEqual(before, Loss(context, context.Upload([2, 6, 4], otherLogits), boxes));
    }

    [Fact]
    public void Its_gradients_agree_with_finite_differences()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        (Tensor logits, Tensor boxes) = Random(context, 13);
        LossGradient.AssertAgreesWithDifferences(
            _backend, logits, boxes,
            static (context, logits, boxes) => Criterion(WithEncoder).Forward(context, Output(context, new EncoderOutput(logits, boxes, Cells)), Targets).Total);
    }

    [Fact]
    public void Perfect_cells_cost_next_to_nothing()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        float[] logits = new float[2 * 6 * 4], boxes = new float[2 * 6 * 4];
        for (int image = 0; image < 2; image++)
        {
            int[] owners = CellAssignment.Assign(Cells, image, Targets[image]);
            for (int cell = 0; cell < 6; cell++)
            {
                int row = 4 * ((image * 6) + cell);
                logits[row + (owners[cell] < 0 ? 3 : Targets[image].Labels[owners[cell]])] = 30;
                if (owners[cell] >= 0)
                {
                    Targets[image].Box(owners[cell]).CopyTo(boxes.AsSpan(row));
                }
            }
        }

        EncoderOutput perfect = new(context.Upload([2, 6, 4], logits), context.Upload([2, 6, 4], boxes), Cells);
        CriterionResult result = Criterion(WithEncoder).Forward(context, Output(context, perfect), Targets);
        Assert.All((string[])["loss_ce_cells", "loss_bbox_cells", "loss_giou_cells"], name => Assert.InRange(result.Losses[name], 0, 1e-5f));
    }

    [Fact]
    public void Pictures_without_objects_train_the_cells_classes_alone()
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        (Tensor logits, Tensor boxes) = Random(context, 5);
        CriterionResult result = Criterion(WithEncoder).Forward(context, Output(context, new EncoderOutput(logits, boxes, Cells)), [new([], []), new([], [])]);
        Assert.Equal((0f, 0f), (result.Losses["loss_bbox_cells"], result.Losses["loss_giou_cells"]));
        Assert.InRange(result.Losses["loss_ce_cells"], 1e-3f, 100f);
    }

    [Fact]
    public void Training_lowers_it_and_logs_it()
    {
        DetrModel model = SmallModel.Create();
        TrainingOptions options = new() { LearningRate = 1e-3f, BackboneLearningRate = 1e-3f };
        Trainer trainer = new(model, new SetCriterion(12, new HungarianMatcher(), new CriterionOptions { EncoderLoss = 1 }), options, _backend, 9);
        BatchLoader loader = new(SmallModel.Scenes(8), [], 4, 3);
        MeanLosses first = new(new CriterionOptions { EncoderLoss = 1 }), last = new(new CriterionOptions { EncoderLoss = 1 });
        for (int epoch = 0; epoch < 20; epoch++)
        {
            trainer.TrainEpoch(loader, (epoch == 0 ? first : last).Add);
        }

        foreach (string name in (string[])["loss_ce_cells", "loss_bbox_cells"])
        {
            Assert.True(last[name] < 0.8 * first[name], $"{name} went from {first[name]} to {last[name]}");
        }

        Assert.Equal(last["loss_bbox_cells"], 5 * last["loss_bbox_cells_unscaled"], 1e-6);
    }

    private static SetCriterion Criterion(CriterionOptions options) => new(3, new HungarianMatcher(), options);

    private static float Loss(ForwardContext context, Tensor logits, Tensor boxes)
        => Criterion(WithEncoder).Forward(context, Output(context, new EncoderOutput(logits, boxes, Cells)), Targets).Total.Item();

    private static DetrOutput Output(ForwardContext context, EncoderOutput? encoder) => new(
        context.Upload([2, 2, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
        context.Upload([2, 2, 4], [0.3f, 0.3f, 0.2f, 0.2f, 0.7f, 0.7f, 0.2f, 0.2f, 0.3f, 0.3f, 0.2f, 0.2f, 0.7f, 0.7f, 0.2f, 0.2f]), [], encoder);

    // L1 and overlap have kinks where centres, sides or edges are those of an object, which these boxes never are.
    private static (Tensor Logits, Tensor Boxes) Random(ForwardContext context, ulong seed)
    {
        RandomStream random = new(seed);
        return (context.Upload([2, 6, 4], [.. Enumerable.Range(0, 48).Select(_ => (2 * (float)random.NextDouble()) - 1)]),
            context.Upload([2, 6, 4], [.. Enumerable.Range(0, 48).Select(_ => 0.205f + (random.Next(60) * 0.01f))]));
    }
}
