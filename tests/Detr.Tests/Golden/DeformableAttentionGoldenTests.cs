using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Multi-scale deformable attention, alone and with its projections, against the reference's outputs and gradients.</summary>
public sealed class DeformableAttentionGoldenTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private static readonly (int Height, int Width)[] Levels = [(8, 10), (4, 5), (2, 3), (1, 2)];
    private readonly CpuBackend _backend = new(2);
    private readonly GoldenFile _golden = new("deformable_attention");

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Samples_and_their_gradients_match_the_reference()
    {
        DeformableAttentionShape shape = new(2, 7, 4, 16, 4, Levels);
        Parameter value = Input("core.value", [2, 108, 64]), weights = Input("core.attention_weights", [2, 7, 4, 4, 4]);
        Parameter locations = Input("core.sampling_locations", [2, 7, 4, 4, 4, 2]);
        ForwardContext context = new(_backend) { Tape = new Tape() };
        using Scope scope = context.Scope();
        Tensor output = context.DeformableAttention("core", shape, value, locations, weights);
        _golden.AssertClose("core.output", output.AsSpan(), Tolerance);

        context.Tape.Backward(context, [(output, context.Upload(output.Shape, _golden.Floats("core.grad_output")))]);
        AssertGradient("core.grad_value", value);
        AssertGradient("core.grad_sampling_locations", locations);
        AssertGradient("core.grad_attention_weights", weights);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void The_module_and_its_gradients_match_the_reference(int referenceSize)
    {
        ParameterSet parameters = [];
        MultiScaleDeformableAttention attention = new(parameters, "msda", 64, 4, 4, 4);
        NumbersFromNames.Fill(parameters);
        string prefix = $"module.reference{referenceSize}.";
        Parameter query = Input($"{prefix}query", [2, 7, 64]), references = Input($"{prefix}reference_points", [2, 7, 4, referenceSize]);
        Parameter tokens = Input("module.input", [2, 108, 64]);
        PaddingMask padding = new(2, 1, 108, [.. _golden.Doubles("module.padding_mask").Select(value => value != 0)]);
        Assert.True(padding.HasPadding);
        ForwardContext context = new(_backend) { Tape = new Tape() };
        using Scope scope = context.Scope();
        Tensor output = attention.Forward(context, query, references, tokens, Levels, padding);
        _golden.AssertClose($"{prefix}output", output.AsSpan(), Tolerance);

        context.Tape.Backward(context, [(output, context.Upload(output.Shape, _golden.Floats($"{prefix}grad_output")))]);
        AssertGradient($"{prefix}grad_query", query);
        AssertGradient($"{prefix}grad_reference_points", references);
        AssertGradient($"{prefix}grad_input", tokens);
        foreach (Parameter parameter in parameters)
        {
            string key = parameter.Name["msda.".Length..];
            float[] gradient = parameter.Gradient!.ToArray();
            double norm = _golden.Doubles($"{prefix}grad_norm.{key}")[0];
            Assert.Equal(norm, Math.Sqrt(gradient.Sum(value => (double)value * value)), Tolerance * norm);
            foreach ((float expected, float actual) in _golden.Floats($"{prefix}grad_head.{key}").Zip(gradient))
            {
                Assert.Equal(expected, actual, Tolerance * gradient.Max(Math.Abs));
            }
        }
    }

    [Fact]
    public void Heads_begin_in_their_own_directions_one_point_further_than_the_other()
    {
        ParameterSet parameters = [];
        _ = new MultiScaleDeformableAttention(parameters, "msda", 64, 8, 2, 3);
        float[] star = parameters["msda.sampling_offsets.bias"].ToArray();

        // Head 1 of 8 looks along the diagonal, head 2 down; both levels the same.
        Assert.All(parameters["msda.sampling_offsets.weight"].ToArray(), value => Assert.Equal(0f, value));
        Assert.Equal([1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 3, 0], Rounded(star[..12]));
        Assert.Equal([1, 1, 2, 2, 3, 3], Rounded(star[12..18]));
        Assert.Equal([0, 1, 0, 2, 0, 3], Rounded(star[24..30]));
        Assert.Equal([-1, 1, -2, 2, -3, 3], Rounded(star[36..42]));
    }

    [Fact]
    public void Who_looks_sees_places_and_weights_after_the_head_mask()
    {
        ParameterSet parameters = [];
        MultiScaleDeformableAttention attention = new(parameters, "msda", 64, 4, 4, 4);
        NumbersFromNames.Fill(parameters);
        Watcher watcher = new();
        ForwardContext context = new(_backend) { DeformableAttentionObserver = watcher, HeadMask = new ThirdHeadOffForQueryOne() };
        using Scope scope = context.Scope();
        Tensor query = Input("module.reference2.query", [2, 7, 64]), references = Input("module.reference2.reference_points", [2, 7, 4, 2]);
        attention.Forward(context, query, references, Input("module.input", [2, 108, 64]), Levels);

        Assert.Equal([2, 7, 4, 4, 4, 2], watcher.Locations!.Shape);
        Assert.Equal([2, 7, 4, 4, 4], watcher.Weights!.Shape);
        float[] sums = [.. watcher.Weights.ToArray().Chunk(16).Select(head => head.Sum())];
        Assert.Equal([.. Enumerable.Range(0, 2 * 7 * 4).Select(i => i % 28 == (1 * 4) + 2 ? 0f : 1f)], sums.Select(sum => MathF.Round(sum, 4)));
    }

    private static int[] Rounded(float[] values) => [.. values.Select(value => (int)MathF.Round(value * 1e4f) / 10000)];

    private Parameter Input(string key, Shape shape)
    {
        Parameter parameter = new(key, shape);
        parameter.Write(_golden.Floats(key));
        return parameter;
    }

    private void AssertGradient(string key, Parameter parameter) => _golden.AssertClose(key, parameter.Gradient!.AsSpan(), Tolerance);

    private sealed class Watcher : IDeformableAttentionObserver
    {
        internal Tensor? Locations { get; private set; }

        internal Tensor? Weights { get; private set; }

        public bool Wants(string name, DeformableAttentionShape shape) => name == "msda" && shape.Tokens == 108;

        public void Observe(string name, Tensor? references, Tensor locations, Tensor weights)
            => (Locations, Weights) = (Tensor.FromArray(locations.Shape, locations.AsSpan()), Tensor.FromArray(weights.Shape, weights.AsSpan()));
    }

    private sealed class ThirdHeadOffForQueryOne : IHeadMask
    {
        public ReadOnlySpan<float> Factors(string name, in AttentionShape shape)
        {
            float[] factors = new float[shape.Heads * shape.Queries];
            factors.AsSpan().Fill(1f);
            factors[(2 * shape.Queries) + 1] = 0f;
            return factors;
        }
    }
}
