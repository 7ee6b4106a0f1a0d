using Detr.Explain;
using Detr.Kernels;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Explain;

/// <summary>Explaining a model: its gradients, and what a caller may rely on.</summary>
public sealed class ExplainerTests : IDisposable
{
    private const int Queries = 10;
    private readonly CpuBackend _backend = new(2);
    private readonly DetrModel _model = SmallModel.Create();

    public void Dispose() => _backend.Dispose();

    /// <summary>A factor f on a head's probabilities for one query makes ∂y/∂f = Σ G ⊙ A over the keys.</summary>
    [Theory]
    [InlineData("transformer.encoder.layers.0.self_attn", 5, 0.05f)]
    [InlineData("transformer.decoder.layers.0.multihead_attn", 3, 0.05f)]
    [InlineData("transformer.decoder.layers.1.self_attn", 3, 0.005f)]
    [InlineData("transformer.decoder.layers.1.multihead_attn", 3, 0.005f)]
    public void Gradients_of_attention_are_differences_of_the_logit(string name, int row, float step)
    {
        const int target = (3 * 13) + 2;
        Watcher watcher = new(name);
        Tape tape = new();
        ForwardContext context = new(_backend) { Tape = tape, ParametersAreConstants = true, AttentionGradientObserver = watcher };
        using Scope scope = context.Scope();
        Tensor logits = Forward(context);
        float[] one = new float[logits.Length];
        one[target] = 1f;
        tape.Backward(context, [(logits, context.Upload(logits.Shape, one))]);

        foreach (int head in new[] { 0, 1 })
        {
            double up = Logit(new Factor(name, head, row, 1f + step)), down = Logit(new Factor(name, head, row, 1f - step));
            double expected = (up - down) / (2 * step), actual = watcher.Row(head, row);
            Assert.True(Math.Abs(expected - actual) <= (0.03 * Math.Abs(expected)) + (1e-6 / step), $"head {head}: {actual:g6}, differences say {expected:g6}");
        }

        Assert.All(_model.Parameters, parameter => Assert.Null(parameter.Gradient));

        double Logit(IHeadMask mask)
        {
            ForwardContext plain = new(_backend) { HeadMask = mask };
            using Scope inner = plain.Scope();
            return Forward(plain).AsSpan()[target];
        }
    }

    [Fact]
    public void Many_queries_and_methods_at_once_give_what_each_gives_alone()
    {
        ExplainRequest all = new() { Methods = RelevanceMethods.All, Queries = [4, 0, 9], Label = 2 };
        IReadOnlyDictionary<string, IReadOnlyList<RelevanceMap>> together = Explain(all).Maps;
        foreach (IRelevanceMethod method in RelevanceMethods.All)
        {
            Assert.Equal([4, 0, 9], together[method.Name].Select(map => map.Query));
            foreach (RelevanceMap map in together[method.Name])
            {
                RelevanceMap alone = Assert.Single(Explain(all with { Methods = [method], Queries = [map.Query] }).Maps[method.Name]);
                Assert.Equal((map.Label, map.Height, map.Width), (alone.Label, alone.Height, alone.Width));
                Assert.Equal((2, 8, 12), (map.Label, map.Height, map.Width));
                Assert.Equal(map.Values, alone.Values);
            }
        }
    }

    [Fact]
    public void Recomputing_gives_the_same_maps()
    {
        ExplainRequest request = new() { Methods = RelevanceMethods.All, Queries = [1] };
        (RelevanceOutput kept, RelevanceOutput recomputed) = (Explain(request), Explain(request, recomputes: true));
        Assert.All(RelevanceMethods.All, method => Assert.Equal(kept.Maps[method.Name][0].Values, recomputed.Maps[method.Name][0].Values));
    }

    [Fact]
    public void With_all_heads_off_maps_are_finite()
    {
        HeadsOff off = new(new HeadSelection(AttentionKind.EncoderSelf), new HeadSelection(AttentionKind.DecoderSelf), new HeadSelection(AttentionKind.DecoderCross));
        RelevanceOutput result = Explain(new ExplainRequest { Methods = RelevanceMethods.All, Queries = [0] }, off);
        Assert.All(result.Maps.Values, maps => Assert.All(maps[0].Values, value => Assert.True(float.IsFinite(value))));
        Assert.All(result.Maps["relevance"][0].Values, value => Assert.Equal(0f, value));
        Assert.All(result.Maps["raw-attention"][0].Values, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Without_queries_the_sure_ones_are_explained_or_the_surest()
    {
        Assert.Single(Explain(new ExplainRequest { Threshold = 0.99f }).Maps["relevance"]);
        Assert.Equal(Enumerable.Range(0, Queries), Explain(new ExplainRequest { Threshold = 0f }).Maps["relevance"].Select(map => map.Query));
    }

    [Fact]
    public void The_context_is_as_it_was_and_memory_does_not_grow()
    {
        ForwardContext context = new(_backend) { Tape = new Tape() };
        Tape tape = context.Tape;
        ExplainRequest request = new() { Methods = RelevanceMethods.All, Queries = [1, 2] };
        long after = 0;
        for (int i = 0; i < 3; i++)
        {
            using Scope scope = context.Scope();
            new Explainer(_model).Explain(context, Image(context), request);
            Assert.Same(tape, context.Tape);
            Assert.Null(context.AttentionObserver);
            Assert.Null(context.AttentionGradientObserver);
            Assert.Null(context.BackwardRule);
            Assert.False(context.ParametersAreConstants);
            Assert.True(i < 2 || _backend.HeldBytes == after, $"{_backend.HeldBytes} bytes are held, {after} before");
            after = _backend.HeldBytes;
        }
    }

    [Fact]
    public void What_cannot_be_explained_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Explain(new ExplainRequest { Queries = [Queries] }));
        Assert.Throws<ArgumentException>(() => Explain(new ExplainRequest { Queries = [-1] }));
        Assert.Throws<ArgumentException>(() => Explain(new ExplainRequest { Label = 12 }));
        Assert.Contains("Attention maps of 96 × 96 would take", Assert.Throws<MemoryLimitException>(() => Explain(new ExplainRequest { MemoryLimit = 1 << 16 })).Message, StringComparison.Ordinal);
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        Assert.Throws<ArgumentException>(() => new Explainer(_model).Explain(context, context.Zeros([2, 3, 64, 64]), new ExplainRequest()));
    }

    private static Tensor Image(ForwardContext context)
    {
        RandomStream random = new(2);
        return context.Upload([1, 3, 64, 96], [.. Enumerable.Range(0, 3 * 64 * 96).Select(_ => (4 * (float)random.NextDouble()) - 2)]);
    }

    private Tensor Forward(ForwardContext context) => _model.Forward(context, Image(context), PaddingMask.None(1, 64, 96)).Logits;

    private RelevanceOutput Explain(ExplainRequest request, IHeadMask? mask = null, bool recomputes = false)
    {
        ForwardContext context = new(_backend) { HeadMask = mask, Recomputes = recomputes };
        using Scope scope = context.Scope();
        return new Explainer(_model).Explain(context, Image(context), request);
    }

    private sealed class Factor(string attention, int head, int query, float factor) : IHeadMask
    {
        public ReadOnlySpan<float> Factors(string name, in AttentionShape shape)
        {
            if (name != attention)
            {
                return default;
            }

            float[] factors = new float[shape.Heads * shape.Queries];
            factors.AsSpan().Fill(1f);
            factors[(head * shape.Queries) + query] = factor;
            return factors;
        }
    }

    private sealed class Watcher(string attention) : IAttentionGradientObserver
    {
        private float[] _products = [];
        private AttentionShape _shape;

        public bool Wants(string name, in AttentionShape shape)
        {
            _shape = name == attention ? shape : _shape;
            return name == attention;
        }

        public void Observe(string name, Tensor probabilities, Tensor gradient)
            => _products = [.. probabilities.ToArray().Zip(gradient.ToArray(), (probability, slope) => probability * slope)];

        internal double Row(int head, int query) => _products.AsSpan(((head * _shape.Queries) + query) * _shape.Keys, _shape.Keys).ToArray().Sum(value => (double)value);
    }
}
