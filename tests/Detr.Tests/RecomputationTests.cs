using Detr.Data;
using Detr.Kernels;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>Training that computes blocks and layers again in the backward pass.</summary>
public sealed class RecomputationTests
{
    [Theory]
    [InlineData(BackboneNorm.Batch, false)]
    [InlineData(BackboneNorm.Frozen, true)]
    public void Every_weight_is_the_same_to_the_bit(BackboneNorm norm, bool preNorm)
    {
        DetrOptions options = SmallModel.Options with
        {
            Backbone = SmallModel.Options.Backbone with { Norm = norm }, Transformer = SmallModel.Options.Transformer with { PreNorm = preNorm },
        };
        AssertSame(options);
    }

    [Theory]
    [InlineData(DetrVariant.ConditionalDetr)]
    [InlineData(DetrVariant.DnDetr)]
    [InlineData(DetrVariant.DeformableDetr)]
    [InlineData(DetrVariant.Dino)]
    public void It_holds_for_other_detectors(DetrVariant variant) => AssertSame(SmallModel.Options with { Variant = variant });

    private static void AssertSame(DetrOptions options)
    {
        (DetrModel kept, List<float> losses, _) = Train(options, recompute: false);
        (DetrModel recomputed, List<float> otherLosses, _) = Train(options, recompute: true);
        Assert.Equal(losses, otherLosses);
        foreach (Parameter parameter in kept.Parameters)
        {
            Assert.Equal(parameter.ToArray(), recomputed.Parameters[parameter.Name].ToArray());
        }
    }

    [Fact]
    public void Deep_models_take_less_memory()
    {
        DetrOptions deep = SmallModel.Options with { Backbone = SmallModel.Options.Backbone with { Blocks = [6, 2, 2] } };
        long kept = Train(deep, recompute: false).TensorBytes, recomputed = Train(deep, recompute: true).TensorBytes;
        Assert.True(recomputed < 0.7 * kept, $"{recomputed} bytes instead of {kept}");
    }

    [Fact]
    public void An_observer_sees_each_attention_once()
    {
        using CpuBackend backend = new(1);
        Counter counter = new();
        Tape tape = new();
        ForwardContext context = new(backend) { Tape = tape, Recomputes = true, Training = true, AttentionObserver = counter };
        using Scope scope = context.Scope();
        DetrOutput output = SmallModel.Create().Forward(context, context.Zeros([1, 3, 64, 64]), PaddingMask.None(1, 64, 64));
        ulong random = context.Random.State;

        tape.Backward(context, context.Sum(output.Logits));

        Assert.Equal(1 + (2 * 2), counter.Seen);
        Assert.Equal(random, context.Random.State);
        Assert.Same(counter, context.AttentionObserver);
    }

    private static (DetrModel Model, List<float> Losses, long TensorBytes) Train(DetrOptions options, bool recompute)
    {
        using CpuBackend backend = new(2);
        DetrModel model = new(options);
        DetrInitialization.Initialize(model, new RandomStream(1));
        if (options.Backbone.Norm == BackboneNorm.Frozen)
        {
            TrainableParts.FreezeAsTheReference(model.Parameters);
        }

        ShapesDataset scenes = SmallModel.Scenes(6);
        SetCriterion criterion = new(options.Classes, HungarianMatcher.Of(options.Variant), CriterionOptions.Of(options.Variant));
        Trainer trainer = new(model, criterion, new TrainingOptions { Epochs = 1, LearningRate = 1e-3f, BackboneLearningRate = 1e-3f, Recompute = recompute }, backend, seed: 4);
        List<float> losses = [];
        trainer.TrainEpoch(new BatchLoader(scenes, [], 2, 7), progress => losses.Add(progress.Losses["loss"]));
        return (model, losses, backend.HeldBytes);
    }

    private sealed class Counter : IAttentionObserver
    {
        internal int Seen { get; private set; }

        public bool Wants(string name, in AttentionShape shape) => true;

        public void Observe(string name, Tensor probabilities) => Seen++;
    }
}
