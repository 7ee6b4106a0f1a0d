using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>Which parameters learn at which rate.</summary>
public sealed class ParameterGroupsTests
{
    private static readonly Parameter[] Trained =
    [
        .. ((string[])
        [
            "backbone.0.body.layer3.0.conv1.weight", "transformer.encoder.layers.0.linear1.weight", "transformer.encoder.layers.0.self_attn.sampling_offsets.weight", "transformer.reference_points.bias",
        ]).Select(name => new Parameter(name, [2])),
    ];

    private static readonly TrainingOptions Rates = new() { LearningRate = 2e-4f, BackboneLearningRate = 2e-5f };

    [Fact]
    public void Deformable_DETR_moves_its_points_at_a_tenth_of_the_rate()
    {
        ParameterGroup[] groups = [.. ParameterGroups.Of(Trained, Rates, DetrVariant.DeformableDetr)];
        Assert.Equal([1, 1, 2], groups.Select(group => group.Parameters.Count));
        Assert.All(groups.Zip((float[])[2e-4f, 2e-5f, 2e-5f]), pair => Assert.Equal(pair.Second, pair.First.InitialLearningRate, 1e-9f));
        Assert.Equal(Trained[2..], groups[2].Parameters);
    }

    [Theory]
    [InlineData(DetrVariant.Detr)]
    [InlineData(DetrVariant.Dino)]
    public void Others_have_two_rates(DetrVariant variant)
        => Assert.Equal([3, 1], ParameterGroups.Of(Trained, Rates, variant).Select(group => group.Parameters.Count));
}
