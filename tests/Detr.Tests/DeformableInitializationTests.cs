using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>How Deformable DETR and DINO begin.</summary>
public sealed class DeformableInitializationTests
{
    private static readonly DetrOptions Plain = SmallModel.Options with
    {
        Variant = DetrVariant.DeformableDetr, Transformer = SmallModel.Options.Transformer with { Heads = 4 }, Deformable = new DeformableOptions { Levels = 2, Points = 3 },
    };

    [Fact]
    public void Each_head_looks_its_own_way_and_each_point_further()
    {
        ParameterSet parameters = Create(Plain).Parameters;
        float[] star = parameters["transformer.encoder.layers.0.self_attn.sampling_offsets.bias"].ToArray();
        (float X, float Y)[] ways = [(1, 0), (0, 1), (-1, 0), (0, -1)];
        float[] expected = [.. ways.SelectMany(way => Enumerable.Range(0, 6).SelectMany(point => (float[])[way.X * ((point % 3) + 1), way.Y * ((point % 3) + 1)]))];
        Assert.All(expected.Zip(star), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.Equal(expected.Length, star.Length);
        Assert.All((string[])["sampling_offsets.weight", "attention_weights.weight", "attention_weights.bias", "value_proj.bias", "output_proj.bias"],
            name => Assert.All(parameters[$"transformer.decoder.layers.1.cross_attn.{name}"].ToArray(), value => Assert.Equal(0, value)));
        Assert.True(parameters["transformer.decoder.layers.1.cross_attn.value_proj.weight"].ToArray().Distinct().Count() > 100);
    }

    [Theory]
    [InlineData(false, -2)]
    [InlineData(true, 0)]
    public void Boxes_begin_small_at_their_points_or_as_they_are_proposed(bool twoStage, float side)
    {
        DetrModel model = Create(Plain with { Deformable = Plain.Deformable with { TwoStage = twoStage, BoxRefinement = twoStage } });
        Parameter[] last = [.. model.Parameters.Where(parameter => parameter.Name.Contains("bbox_embed.0.layers.2.", StringComparison.Ordinal))];
        Assert.Equal([0, 0, side, side], last.Single(parameter => parameter.Name.EndsWith("bias", StringComparison.Ordinal)).ToArray());
        Assert.All(last.Single(parameter => parameter.Name.EndsWith("weight", StringComparison.Ordinal)).ToArray(), value => Assert.Equal(0, value));
        Assert.All(
            model.Parameters.Where(parameter => parameter.Name.Contains("class_embed", StringComparison.Ordinal) && parameter.Name.EndsWith("bias", StringComparison.Ordinal)),
            parameter => Assert.All(parameter.ToArray(), value => Assert.Equal(-Math.Log(99), value, 1e-5)));
    }

    private static DetrModel Create(DetrOptions options) => SmallModel.Create(options);
}
