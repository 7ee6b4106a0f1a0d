using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests.Segmentation;

/// <summary>Mask heads learn, jointly or on a detector that stays as it is.</summary>
public sealed class MaskTrainingTests
{
    private static readonly DetrOptions Options = SmallModel.Options with { Masks = true, Transformer = SmallModel.Options.Transformer with { Dropout = 0 } };

    [Fact]
    public void Losses_of_masks_fall_when_all_is_trained_together()
    {
        List<float> losses = [];
        Train(Create(), losses, epochs: 25);
        Assert.True(losses[^8..].Average() < 0.95 * losses[..8].Average(), $"from {losses[..8].Average():f3} to {losses[^8..].Average():f3}");
    }

    [Fact]
    public void A_frozen_detector_stays_as_it_is_to_the_bit_with_its_norms()
    {
        DetrModel model = Create();
        TrainableParts.FreezeDetector(model);
        Dictionary<string, float[]> before = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(), StringComparer.Ordinal);
        List<float> losses = [];
        Train(model, losses, epochs: 25);
        foreach (Parameter parameter in model.Parameters)
        {
            bool isSame = before[parameter.Name].SequenceEqual(parameter.ToArray());
            Assert.True(isSame == parameter.Name.StartsWith("detr.", StringComparison.Ordinal), $"{parameter.Name} {(isSame ? "stayed" : "changed")}");
        }

        Assert.True(losses[^8..].Average() < 0.95 * losses[..8].Average(), $"from {losses[..8].Average():f3} to {losses[^8..].Average():f3}");
        Assert.Throws<ArgumentException>(() => TrainableParts.FreezeDetector(SmallModel.Create()));
    }

    [Fact]
    public void Weights_move_between_detectors_with_and_without_a_mask_head()
    {
        (DetrModel boxes, DetrModel masks) = (SmallModel.Create(), Create());
        IReadOnlyList<Category> categories = SmallModel.Scenes(1).Categories;
        PretrainedWeights there = PretrainedWeights.Copy(boxes, categories, masks, categories);
        Assert.Empty(there.Dropped);
        Assert.All(there.Missing, name => Assert.DoesNotContain("detr.", name, StringComparison.Ordinal));
        Assert.All(boxes.Parameters, parameter => Assert.Equal(parameter.ToArray(), masks.Parameters[$"detr.{parameter.Name}"].ToArray()));
        PretrainedWeights back = PretrainedWeights.Copy(masks, categories, SmallModel.Create(), categories);
        Assert.Empty(back.Missing);
        Assert.Equal(there.Missing.Order(StringComparer.Ordinal), back.Dropped.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Images_without_objects_have_no_losses_of_masks_and_objects_without_masks_are_refused()
    {
        using CpuBackend backend = new(1);
        DetrModel model = Create();
        SetCriterion criterion = new(12, new HungarianMatcher(), new CriterionOptions(), model.MaskHead);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, context.Zeros([1, 3, 32, 48]), PaddingMask.None(1, 32, 48), AuxiliaryOutputs.Masks);
        CriterionResult empty = criterion.Forward(context, output, [new BoxTargets([], []) { Masks = [] }]);
        Assert.Equal((0f, 0f), (empty.Losses["loss_mask"], empty.Losses["loss_dice"]));
        Assert.Throws<ArgumentException>(() => criterion.Forward(context, output, [new BoxTargets([1], [0.5f, 0.5f, 0.2f, 0.2f])]));
    }

    private static DetrModel Create()
    {
        DetrModel model = new(Options);
        DetrInitialization.Initialize(model, new RandomStream(1));
        return model;
    }

    private static void Train(DetrModel model, List<float> losses, int epochs)
    {
        using CpuBackend backend = new(2);
        SetCriterion criterion = new(12, new HungarianMatcher(), new CriterionOptions(), model.MaskHead);
        Trainer trainer = new(model, criterion, new TrainingOptions { LearningRate = 1e-3f, BackboneLearningRate = 1e-3f }, backend, 9);
        BatchLoader loader = new(SmallModel.Scenes(8), [new HorizontalFlip()], 4, 3) { WithMasks = true };
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            trainer.TrainEpoch(loader, progress => losses.Add(progress.Losses["loss_mask"] + progress.Losses["loss_dice"]));
        }
    }
}
