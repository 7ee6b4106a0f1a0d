using Detr.Explain;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Explain;

/// <summary>What switching attention heads off does, and what it leaves alone.</summary>
public sealed class HeadsOffTests : IDisposable
{
    private const int Queries = 10;
    private readonly CpuBackend _backend = new(2);
    private readonly DetrModel _model = SmallModel.Create();

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void With_all_heads_off_an_attention_gives_its_output_bias_alone()
    {
        const string name = "transformer.encoder.layers.0.self_attn";
        ParameterSet parameters = [];
        MultiHeadAttention attention = new(parameters, name, 16, 4, 0f);
        Fill(parameters, 3);
        ForwardContext context = new(_backend) { HeadMask = new HeadsOff(new HeadSelection(AttentionKind.EncoderSelf)) };
        using Scope scope = context.Scope();
        Tensor x = context.Upload([2, 5, 16], Numbers(2 * 5 * 16, 4));
        float[] bias = parameters[$"{name}.out_proj.bias"].ToArray();
        Assert.All(attention.Forward(context, x, x, x).ToArray().Chunk(16), row => Assert.Equal(bias, row));
    }

    [Fact]
    public void A_query_alone_leaves_the_others_of_the_layer_as_they_are()
    {
        (float[] logits, float[] off) = (Logits(null), Logits(new HeadsOff(new HeadSelection(AttentionKind.DecoderCross) { Layers = [1], Query = 3 })));
        int classes = logits.Length / Queries;
        for (int query = 0; query < Queries; query++)
        {
            bool same = logits.AsSpan(query * classes, classes).SequenceEqual(off.AsSpan(query * classes, classes));
            Assert.Equal(query != 3, same);
        }
    }

    [Fact]
    public void Earlier_layers_reach_all_queries_through_their_self_attention()
    {
        (float[] logits, float[] off) = (Logits(null), Logits(new HeadsOff(new HeadSelection(AttentionKind.DecoderCross) { Layers = [0], Query = 3 })));
        Assert.All(logits.Chunk(logits.Length / Queries).Zip(off.Chunk(logits.Length / Queries)), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public void Nothing_selected_changes_nothing()
    {
        Assert.Equal(Logits(null), Logits(new HeadsOff()));
        Assert.Equal(Logits(null), Logits(new HeadsOff(new HeadSelection(AttentionKind.EncoderSelf) { Layers = [1] })));
    }

    [Fact]
    public void Observers_see_zeros_for_heads_that_are_off_whether_stored_or_not()
    {
        AttentionPlace place = new(AttentionKind.DecoderCross, 1);
        AttentionCapture capture = new(seen => seen == place, heads: true);
        HeadsOff off = new(new HeadSelection(AttentionKind.DecoderCross) { Heads = [1], Query = 2 }, new HeadSelection(AttentionKind.DecoderCross) { Heads = [0], Query = 5 });
        Assert.Equal(Logits(off), Logits(off, capture));
        for (int query = 0; query < Queries; query++)
        {
            Assert.Equal(query == 5 ? 0f : 1f, capture.Head(place, 0).Row(query).ToArray().Sum(), 1e-5);
            Assert.Equal(query == 2 ? 0f : 1f, capture.Head(place, 1).Row(query).ToArray().Sum(), 1e-5);
        }
    }

    private static float[] Numbers(int count, ulong seed)
    {
        RandomStream random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)];
    }

    private static void Fill(ParameterSet parameters, ulong seed)
    {
        foreach (Parameter parameter in parameters)
        {
            parameter.Write(Numbers(parameter.Length, seed));
        }
    }

    private float[] Logits(IHeadMask? mask, IAttentionObserver? observer = null)
    {
        ForwardContext context = new(_backend) { HeadMask = mask, AttentionObserver = observer };
        using Scope scope = context.Scope();
        return _model.Forward(context, context.Upload([1, 3, 64, 96], Numbers(3 * 64 * 96, 2)), PaddingMask.None(1, 64, 96)).Logits.ToArray();
    }
}
