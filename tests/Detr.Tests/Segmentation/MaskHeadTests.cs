using Detr.Models;
using Detr.Tensors;
using Detr.Tests.Checkpoints;
using Detr.Tests.Golden;

namespace Detr.Tests.Segmentation;

/// <summary>Chosen queries, bounded memory, odd backbones, and gradients of the mask head.</summary>
public sealed class MaskHeadTests : IDisposable
{
    private const int Height = 64;
    private const int Width = 96;
    private static readonly DetrOptions Options = TinyDetr.PostNorm with { Masks = true };
    private readonly CpuBackend _backend = new(2);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void A_querys_mask_is_the_same_alone_and_in_any_company()
    {
        DetrModel model = TinyDetr.Create(Options);
        float[] together = Masks(model, [0, 1, 2, 3, 4, 5, 6]);
        float[] some = Masks(model, [5, 2, 5]);
        int plane = together.Length / 7;
        GoldenFile.AssertClose("query 5", together.AsSpan(5 * plane, plane), some.AsSpan(0, plane), 1e-5);
        GoldenFile.AssertClose("query 2", together.AsSpan(2 * plane, plane), some.AsSpan(plane, plane), 1e-5);
        GoldenFile.AssertClose("query 5 again", some.AsSpan(0, plane), some.AsSpan(2 * plane, plane), 1e-5);
    }

    [Fact]
    public void Memory_for_maps_is_bounded_and_masks_are_the_same()
    {
        DetrModel model = TinyDetr.Create(Options);
        int[] queries = [.. Enumerable.Range(0, 210).Select(i => i % 7)];
        float[] together = Masks(model, queries);
        long all = _backend.HeldBytes;
        _backend.Trim();
        model.MaskHead!.MemoryLimit = 1 << 20;
        GoldenFile.AssertClose("few at a time", together, Masks(model, queries), 1e-5);
        Assert.True(_backend.HeldBytes < all / 2, $"{_backend.HeldBytes} bytes instead of {all}");
        model.MaskHead.MemoryLimit = 0;
        GoldenFile.AssertClose("one at a time", together, Masks(model, queries), 1e-5);
    }

    [Theory]
    [InlineData("small", false)]
    [InlineData("resnet18", true)]
    [InlineData("resnet50", true)]
    public void Masks_have_the_size_of_the_finest_stage(string backbone, bool dilation)
    {
        DetrModel model = TinyDetr.Create(Options with { Backbone = BackboneOptions.FromName(backbone) with { Width = 4, Dilation = dilation } });
        int stride = model.Options.Backbone.StemPooling ? 4 : 2;
        float[] masks = Masks(model, [1, 2]);
        Assert.Equal(2 * (Height / stride) * (Width / stride), masks.Length);
        Assert.All(masks, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Backbones_of_few_stages_do_with_fewer_layers()
    {
        DetrModel model = TinyDetr.Create(SmallModel.Options with { Masks = true });
        Assert.Equal(2 * (Height / 2) * (Width / 2), Masks(model, [1, 2]).Length);
        Assert.Contains(model.Parameters, parameter => parameter.Name == "mask_head.adapter2.weight");
        Assert.DoesNotContain(model.Parameters, parameter => parameter.Name == "mask_head.adapter3.weight");
        Assert.Throws<ArgumentException>(() => new DetrModel(Options with { Transformer = Options.Transformer with { Channels = 8 } }));
    }

    [Fact]
    public void What_is_not_there_is_refused()
    {
        DetrModel model = TinyDetr.Create(Options);
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        MaskInputs inputs = Run(context, model).Masks!;
        Assert.Throws<ArgumentOutOfRangeException>(() => model.MaskHead!.Forward(context, inputs, 1, [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.MaskHead!.Forward(context, inputs, 0, []));
        Assert.ThrowsAny<ArgumentException>(() => model.MaskHead!.Forward(context, inputs, 0, [7]));
        Assert.Null(Run(context, TinyDetr.Create(TinyDetr.PostNorm)).Masks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_agree_with_finite_differences(bool recomputes)
    {
        DetrModel model = TinyDetr.Create(Options);
        ForwardContext context = new(_backend) { Tape = new Tape(), Recomputes = recomputes };
        using (Scope scope = context.Scope())
        {
            context.Tape.Backward(context, Loss(context, model));
        }

        string[] names =
        [
            "bbox_attention.q_linear.weight", "bbox_attention.k_linear.bias", "bbox_attention.k_linear.weight", "mask_head.lay1.weight", "mask_head.gn1.bias",
            "mask_head.lay2.bias", "mask_head.gn3.weight", "mask_head.lay5.weight", "mask_head.out_lay.weight", "mask_head.adapter1.weight",
            "mask_head.adapter3.bias", "detr.input_proj.bias", "detr.transformer.decoder.norm.weight",
        ];
        foreach (string name in names)
        {
            Parameter parameter = model.Parameters[name];
            float[] values = parameter.ToArray(), gradient = parameter.Gradient!.ToArray(), direction = [.. gradient.Select((value, i) => value + (float)(0.1 * Norm(gradient) * NumbersFromNames.Number(1, i) / Math.Sqrt(gradient.Length)))];
            double length = Norm(direction), actual = gradient.Zip(direction, (a, b) => (double)a * b).Sum();

            // Far enough for single precision, and not so far that norms over few cells bend the way.
            double step = Math.Min(3e-3 * Math.Max(Norm(values), 0.1) / length, 5e-4 / Math.Abs(actual)), expected = (Moved(step) - Moved(-step)) / (2 * step);
            parameter.Write(values);
            Assert.True(Math.Abs(expected - actual) <= 0.03 * Math.Abs(expected) + 1e-5 * length, $"{name}: {actual:g6}, differences say {expected:g6}");

            double Moved(double by)
            {
                parameter.Write([.. values.Zip(direction, (value, d) => (float)(value + (by * d)))]);
                ForwardContext plain = new(_backend);
                using Scope scope = plain.Scope();
                return Loss(plain, model).Item();
            }
        }
    }

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));

    /// <summary>Masks of two queries, weighed by chance.</summary>
    private static Tensor Loss(ForwardContext context, DetrModel model)
    {
        Tensor masks = model.MaskHead!.Forward(context, Run(context, model).Masks!, 0, [4, 1]);
        return context.Mean(context.Multiply(masks, context.Upload(masks.Shape, [.. Enumerable.Range(0, masks.Length).Select(i => (float)NumbersFromNames.Number(3, i))])));
    }

    private static DetrOutput Run(ForwardContext context, DetrModel model)
    {
        Tensor image = context.Upload([1, 3, Height, Width], NumbersFromNames.Image("input/a", 3, Height, Width));
        return model.Forward(context, image, new PaddingMask(Height, Width, [(Height, Width - 20)]), AuxiliaryOutputs.Masks);
    }

    private float[] Masks(DetrModel model, int[] queries)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        return model.MaskHead!.Forward(context, Run(context, model).Masks!, 0, queries).ToArray();
    }
}
