using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>Training as a whole.</summary>
public sealed class TrainerTests
{
    [Fact]
    public void The_loss_falls_on_scenes_seen_again_and_again()
    {
        List<float> losses = [];
        Train(losses, epochs: 40, learningRate: 1e-3f);
        Assert.True(losses[^8..].Average() < 0.7 * losses[..8].Average(), $"from {losses[..8].Average():f2} to {losses[^8..].Average():f2}");
    }

    [Fact]
    public void The_same_seed_and_threads_give_the_same_weights()
        => Assert.Equal(Train([], epochs: 2), Train([], epochs: 2));

    [Fact]
    public void A_steady_state_takes_no_more_memory_for_tensors()
    {
        using CpuBackend backend = new(2);
        List<long> held = [];
        Train([], epochs: 4, backend: backend, afterStep: () => held.Add(backend.HeldBytes));
        Assert.Equal(held[held.Count / 2], held[^1]);
    }

    [Fact]
    public void A_saved_model_is_the_same_when_loaded()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            DetrModel model = SmallModel.Create();
            ModelFile.Save(path, model, SmallModel.Scenes(1).Categories);
            (DetrModel loaded, IReadOnlyList<Category> categories) = ModelFile.Load(path);
            Assert.Equal(SmallModel.Scenes(1).Categories, categories);
            foreach (Parameter parameter in model.Parameters)
            {
                Assert.Equal(parameter.ToArray(), loaded.Parameters[parameter.Name].ToArray());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Weights_of_another_shape_are_refused_by_name()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            ModelFile.Save(path, SmallModel.Create(), []);
            DetrModel other = new(SmallModel.Options with { Queries = 11 });
            using Tensors.Checkpoints.Checkpoint checkpoint = Tensors.Checkpoints.Checkpoint.Open(path);
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => ModelFile.Read(path, checkpoint.Tensors, other.Parameters));
            Assert.Contains("query_embed.weight is [10, 32] instead of [11, 32]", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static float[] Train(List<float> losses, int epochs, float learningRate = 3e-4f, CpuBackend? backend = null, Action? afterStep = null)
    {
        using CpuBackend own = new(2);
        DetrModel model = SmallModel.Create();
        SetCriterion criterion = new(12, new HungarianMatcher(), new CriterionOptions());
        Trainer trainer = new(model, criterion, new TrainingOptions { LearningRate = learningRate, BackboneLearningRate = learningRate }, backend ?? own, 9);
        BatchLoader loader = new(SmallModel.Scenes(16), [new HorizontalFlip()], 4, 3);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            trainer.TrainEpoch(loader, progress =>
            {
                losses.Add(progress.Losses["loss"]);
                afterStep?.Invoke();
            });
        }

        return [.. model.Parameters.SelectMany(parameter => parameter.ToArray())];
    }
}
