using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Every stage of every backbone against the reference's.</summary>
public sealed class BackboneGoldenTests : IDisposable
{
    private readonly CpuBackend _backend = new(2);

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData("resnet18", "resnet18", false)]
    [InlineData("resnet34", "resnet34", false)]
    [InlineData("resnet50", "resnet50", false)]
    [InlineData("resnet50_dc5", "resnet50", true)]
    [InlineData("resnet101", "resnet101", false)]
    public void Stages_match_the_reference(string key, string name, bool dilation)
    {
        GoldenFile golden = new("backbone");
        ParameterSet parameters = [];
        Backbone backbone = new(parameters, "backbone.0.body.", BackboneOptions.FromName(name) with { Dilation = dilation });
        NumbersFromNames.Fill(parameters);
        (float[] pixels, PaddingMask mask) = NumbersFromNames.Batch2();
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        IReadOnlyList<Tensor> stages = backbone.ForwardAll(context, context.Upload([2, 3, 256, 320], pixels));
        Assert.Equal(4, stages.Count);
        for (int i = 0; i < 4; i++)
        {
            string stage = $"{key}.layer{i + 1}";
            Tensor channelsFirst = context.Permute(stages[i], 0, 3, 1, 2);
            Assert.Equal(golden.Doubles($"{stage}.shape"), channelsFirst.Shape.Select(axis => (double)axis).ToArray());
            float[] values = channelsFirst.ToArray();
            golden.AssertClose($"{stage}.sample_stride1009", [.. values.Where((_, index) => index % 1009 == 0)], 1e-3);
            double[] sums = golden.Doubles($"{stage}.sum_abssum");
            Assert.Equal(sums[1], values.Sum(value => (double)Math.Abs(value)), sums[1] * 1e-4);
            Assert.Equal(sums[0], values.Sum(value => (double)value), sums[1] * 1e-4);
            bool[] padded = mask.Resize(channelsFirst.Shape[2], channelsFirst.Shape[3]).Padded;
            Assert.Equal(golden.Doubles($"{stage}.mask"), padded.Select(value => value ? 1.0 : 0.0).ToArray());
        }
    }
}
