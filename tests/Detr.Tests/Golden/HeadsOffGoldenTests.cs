using Detr.Explain;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Predictions with attention heads switched off against the reference's.</summary>
public sealed class HeadsOffGoldenTests(ReferenceDetr reference) : IClassFixture<ReferenceDetr>
{
    public static TheoryData<string, string> Specifications => new()
    {
        { "none_off", "" },
        { "decoder_cross.first_1_heads_off_every_layer", "decoder.cross:all:0" },
        { "decoder_cross.first_2_heads_off_every_layer", "decoder.cross:all:0-1" },
        { "decoder_cross.first_3_heads_off_every_layer", "decoder.cross:all:0-2" },
        { "decoder_cross.first_4_heads_off_every_layer", "decoder.cross:0-5:0-3" },
        { "decoder_cross.first_5_heads_off_every_layer", "decoder.cross:all:0-4" },
        { "decoder_cross.first_6_heads_off_every_layer", "decoder.cross:all:0-5" },
        { "decoder_cross.first_7_heads_off_every_layer", "decoder.cross:all:0-6" },
        { "decoder_cross.first_8_heads_off_every_layer", "decoder.cross:all:all" },
        { "decoder_cross.layer5_heads_2_5_off", "decoder.cross:5:2,5" },
        { "decoder_self.layer1_head_0_off", "decoder.self:1:0" },
        { "encoder_self.layer5_head_7_off", "encoder.self:5:7" },
    };

    [Theory]
    [MemberData(nameof(Specifications))]
    public void Outputs_match_the_reference(string key, string specification)
    {
        GoldenFile golden = new("heads_off");
        HeadSelection[] off = specification.Length == 0 ? [] : [HeadSpecification.Parse(specification, reference.Model.Options.Transformer)];
        ForwardContext context = new(reference.Backend) { HeadMask = new HeadsOff(off) };
        using Scope scope = context.Scope();
        DetrOutput output = reference.Model.Forward(context, ReferenceDetr.Image(context), PaddingMask.None(1, ReferenceDetr.Height, ReferenceDetr.Width));
        golden.AssertClose($"{key}.pred_logits", output.Logits.AsSpan(), 1e-3);
        golden.AssertClose($"{key}.pred_boxes", output.Boxes.AsSpan(), 1e-3);
    }
}
