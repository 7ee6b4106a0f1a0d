using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>Weights that are read from their file when they are needed.</summary>
public sealed class DeferredWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-deferred").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Outputs_are_those_of_weights_in_memory_even_when_another_file_takes_the_place()
    {
        string path = Save(SmallModel.Create());
        DetrModel whole = ModelFile.Load(path).Model, deferred = ModelFile.Load(path, deferred: true).Model;
        DetrModel other = new(SmallModel.Options);
        DetrInitialization.Initialize(other, new RandomStream(99));
        Save(other);
        (float[] logits, float[] boxes) = Predict(whole);
        (float[] deferredLogits, float[] deferredBoxes) = Predict(deferred);
        Assert.Equal(logits, deferredLogits);
        Assert.Equal(boxes, deferredBoxes);
        Assert.NotEqual(logits, Predict(ModelFile.Load(path).Model).Logits);
    }

    [Fact]
    public void Weights_of_products_do_not_stay_in_memory_beside_their_packed_form()
    {
        DetrModel model = ModelFile.Load(Save(SmallModel.Create()), deferred: true).Model;
        Predict(model);
        Assert.False(IsInMemory("backbone.0.body.layer1.0.conv1.weight"));
        Assert.False(IsInMemory("transformer.encoder.layers.0.linear1.weight"));
        Assert.True(IsInMemory("query_embed.weight"));

        bool IsInMemory(string name) => model.Parameters[name].IsInMemory;
    }

    [Fact]
    public void A_deferred_model_can_be_trained_and_changed()
    {
        string path = Save(SmallModel.Create());
        DetrModel model = ModelFile.Load(path, deferred: true).Model, whole = ModelFile.Load(path).Model;
        Assert.Equal(Train(whole), Train(model));
        Parameter bias = model.Parameters["class_embed.bias"];
        bias.Write(new float[bias.Length]);
        Assert.All(bias.ToArray(), value => Assert.Equal(0, value));
    }

    private static (float[] Logits, float[] Boxes) Predict(DetrModel model)
    {
        using CpuBackend backend = new(2);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        Tensor image = context.Upload([1, 3, 48, 64], [.. Enumerable.Range(0, 3 * 48 * 64).Select(i => MathF.Sin(i * 0.1f))]);
        DetrOutput output = model.Forward(context, image, PaddingMask.None(1, 48, 64));
        return (output.Logits.ToArray(), output.Boxes.ToArray());
    }

    private static float[] Train(DetrModel model)
    {
        using CpuBackend backend = new(2);
        Trainer trainer = new(model, new SetCriterion(12, new HungarianMatcher(), new CriterionOptions()), new TrainingOptions { Epochs = 1 }, backend, 9);
        trainer.TrainEpoch(new BatchLoader(SmallModel.Scenes(8), [], 4, 3));
        return [.. model.Parameters.SelectMany(parameter => parameter.ToArray())];
    }

    private string Save(DetrModel model)
    {
        string path = Path.Combine(_folder, "model.safetensors");
        ModelFile.Save(path, model, SmallModel.Scenes(1).Categories);
        return path;
    }
}
