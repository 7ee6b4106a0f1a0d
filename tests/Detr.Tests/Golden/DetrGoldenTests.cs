using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Whole models against the reference's outputs on a padded batch of two.</summary>
public sealed class DetrGoldenTests : IDisposable
{
    private readonly CpuBackend _backend = new(2);

    public static TheoryData<string, string, bool> Models => new()
    {
        { "detr_resnet50", "resnet50", false },
        { "detr_resnet50_dc5", "resnet50", true },
        { "detr_resnet101", "resnet101", false },
    };

    public void Dispose() => _backend.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_match_the_reference(string file, string backbone, bool dilation)
    {
        GoldenFile golden = new(file);
        DetrModel model = new(new DetrOptions { Backbone = BackboneOptions.FromName(backbone) with { Dilation = dilation } });
        NumbersFromNames.Fill(model.Parameters);
        (float[] pixels, PaddingMask mask) = NumbersFromNames.Batch2();
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, context.Upload([2, 3, 256, 320], pixels), mask, auxiliary: AuxiliaryOutputs.Decoder);

        golden.AssertClose("pred_logits", output.Logits.AsSpan(), 1e-3);
        golden.AssertClose("pred_boxes", output.Boxes.AsSpan(), 1e-3);
        Assert.Equal(5, output.Auxiliary.Count);
        for (int i = 0; i < 5; i++)
        {
            golden.AssertClose($"aux_outputs.{i}.pred_boxes", output.Auxiliary[i].Boxes.AsSpan(), 1e-3);
        }
    }

    [Fact]
    public void Parameters_are_as_many_as_published()
    {
        DetrModel model = new(new DetrOptions());
        Assert.Equal(41_524_768, model.Parameters.Where(parameter => !parameter.IsBuffer).Sum(parameter => parameter.Length));
    }

    [Fact]
    public void The_demo_model_matches_the_reference()
    {
        GoldenFile golden = new("detr_demo");
        DemoModel model = new(91, new TransformerOptions());
        NumbersFromNames.Fill(model.Parameters);
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        Tensor image = context.Upload([1, 3, 224, 320], NumbersFromNames.Image("input/a", 3, 224, 320));
        DetrOutput output = model.Forward(context, image, PaddingMask.None(1, 224, 320));
        golden.AssertClose("pred_logits", output.Logits.AsSpan(), 1e-3);
        golden.AssertClose("pred_boxes", output.Boxes.AsSpan(), 1e-3);
    }
}
