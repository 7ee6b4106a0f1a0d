using Detr.Explain;
using Detr.Tensors;

namespace Detr.Tests.Explain;

/// <summary>Keeping attention probabilities.</summary>
public sealed class AttentionCaptureTests : IDisposable
{
    private static readonly AttentionPlace Encoder = new(AttentionKind.EncoderSelf, 0);
    private readonly CpuBackend _backend = new(1);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void The_mean_is_the_same_whether_heads_are_kept_or_not_and_every_image_is()
    {
        AttentionCapture heads = Run(new AttentionCapture(_ => true, heads: true)), mean = Run(new AttentionCapture(_ => true));
        Assert.Equal(5, mean.Places.Count);
        foreach (AttentionPlace place in mean.Places)
        {
            foreach (int image in new[] { 0, 1 })
            {
                Assert.Equal(mean.Mean(place, image).Values, heads.Mean(place, image).Values);
            }
        }

        Assert.NotEqual(mean.Mean(Encoder, 0).Values, mean.Mean(Encoder, 1).Values);
        Assert.NotEqual(heads.Head(Encoder, 0).Values, heads.Head(Encoder, 1).Values);
        Assert.Throws<InvalidOperationException>(() => mean.Head(Encoder, 0));
    }

    [Fact]
    public void Only_what_is_wanted_is_kept()
    {
        AttentionCapture capture = Run(new AttentionCapture(place => place == Encoder));
        Assert.Equal([Encoder], capture.Places);
        Assert.Throws<KeyNotFoundException>(() => capture.Mean(new AttentionPlace(AttentionKind.DecoderCross, 0)));
    }

    [Fact]
    public void More_memory_than_allowed_is_refused_before_it_is_taken()
    {
        const long enough = 2 * 2 * 64 * 64 * sizeof(float);
        Run(new AttentionCapture(place => place == Encoder, heads: true, memoryLimit: enough));
        AttentionCapture tooSmall = new(place => place == Encoder, heads: true, memoryLimit: enough - 1);
        Assert.Contains(
            "Keeping the attention of transformer.encoder.layers.0.self_attn would take", Assert.Throws<MemoryLimitException>(() => Run(tooSmall)).Message, StringComparison.Ordinal);
        Assert.Empty(tooSmall.Places);
    }

    [Theory]
    [InlineData("transformer.encoder.layers.11.self_attn", AttentionKind.EncoderSelf, 11)]
    [InlineData("detr.transformer.decoder.layers.0.self_attn", AttentionKind.DecoderSelf, 0)]
    [InlineData("decoder.layers.5.multihead_attn", AttentionKind.DecoderCross, 5)]
    public void Names_are_places(string name, AttentionKind kind, int layer) => Assert.Equal(new AttentionPlace(kind, layer), AttentionPlace.Find(name));

    [Theory]
    [InlineData("")]
    [InlineData("self_attn")]
    [InlineData("encoder.layers.x.self_attn")]
    [InlineData("encoder.layers.0.multihead_attn")]
    [InlineData("encoder.blocks.0.self_attn")]
    public void Other_names_are_none(string name) => Assert.Null(AttentionPlace.Find(name));

    /// <summary>Two pictures of 64 × 64 pixels, or 64 cells.</summary>
    private AttentionCapture Run(AttentionCapture capture)
    {
        RandomStream random = new(9);
        float[] pixels = [.. Enumerable.Range(0, 2 * 3 * 64 * 64).Select(_ => (float)random.NextDouble())];
        ForwardContext context = new(_backend) { AttentionObserver = capture };
        using Scope scope = context.Scope();
        SmallModel.Create().Forward(context, context.Upload([2, 3, 64, 64], pixels), PaddingMask.None(2, 64, 64));
        return capture;
    }
}
