using Detr.Data;
using Detr.Explain;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Explain.Judging;

/// <summary>Scenes judged with a model whose answer is known.</summary>
public sealed class SceneJudgeTests
{
    [Fact]
    public void A_model_that_always_says_the_same_finds_one_object_of_which_its_maps_know_nothing()
    {
        ShapesDataset scenes = SmallModel.Scenes(2);
        ImageAnnotations scene = scenes.Annotations(0);
        ObjectAnnotation item = scene.Objects[0];
        DetrModel model = Answering(item.Category, item, scene.Width);
        using CpuBackend backend = new(1);
        SceneJudge judge = new(model, scenes.Categories, scenes, backend) { Perturbation = new PerturbationOptions { Counts = [1, 2, 4] } };
        JudgedScene judged = judge.Judge(0);
        JudgedObject found = Assert.Single(judged.Objects);
        Assert.Equal((scenes.Categories[item.Category].Id, scenes.Masks(0)[0].Area), (found.CategoryId, found.Area));
        Assert.Equal(judge.Names.Order(), found.Maps.Keys.Order());

        // Nothing that is seen counts, so its gradients say nothing, and nothing that is taken away changes a score.
        Assert.Equal((0.0, 0.0), (found.Maps["relevance"].Overlap, found.Maps["relevance"].Inside));
        Assert.All(found.Maps.Values, map =>
        {
            Assert.All(map.Deletion.Scores.Concat(map.Insertion.Scores), score => Assert.Equal(found.Score, score, 1e-3));
            Assert.InRange(map.Inside, 0, 1);
        });
        JudgedMap truth = found.Maps[SceneJudge.TrueMask];
        Assert.InRange(truth.Overlap, 0.3, 1);
        Assert.InRange(truth.Inside, 0.3, 1);
        Assert.True(truth.Overlap > found.Maps[SceneJudge.Chance].Overlap);

        // Elsewhere is nothing of that category where it says.
        Assert.DoesNotContain(judge.Explain(1), other => other.Truth.CategoryId != found.CategoryId);
    }

    [Fact]
    public void A_model_that_finds_nothing_has_nothing_to_judge()
    {
        ShapesDataset scenes = SmallModel.Scenes(1);
        using CpuBackend backend = new(1);
        Assert.Empty(new SceneJudge(SmallModel.Create(), scenes.Categories, scenes, backend).Judge(0).Objects);
        Assert.Throws<InvalidDataException>(() => new SceneJudge(SmallModel.Create(), [new Category(1, "cat")], scenes, backend));
    }

    /// <summary>A model all of whose queries answer with one class and one box, whatever they see.</summary>
    private static DetrModel Answering(int label, ObjectAnnotation item, int size)
    {
        DetrModel model = SmallModel.Create();
        float[] logits = new float[model.Options.Classes + 1];
        logits[label] = 9;
        Set("class_embed", logits);
        Set("bbox_embed.layers.2", [.. new[] { (item.X0 + item.X1) / 2, (item.Y0 + item.Y1) / 2, item.X1 - item.X0, item.Y1 - item.Y0 }.Select(value => (float)Math.Log(value / (size - value)))]);
        return model;

        void Set(string layer, float[] bias)
        {
            model.Parameters[$"{layer}.weight"].Write(new float[model.Parameters[$"{layer}.weight"].Length]);
            model.Parameters[$"{layer}.bias"].Write(bias);
        }
    }
}
