using System.Numerics.Tensors;
using Detr.Explain;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Every attention map of a padded batch of two against the reference's.</summary>
public sealed class AttentionGoldenTests(ReferenceDetr reference) : IClassFixture<ReferenceDetr>
{
    private const string Prefix = "attn.";

    [Fact]
    public void Attention_maps_match_the_reference()
    {
        GoldenFile golden = new("detr_resnet50");
        AttentionCapture capture = new(_ => true, heads: true);
        ForwardContext context = new(reference.Backend) { AttentionObserver = capture };
        using Scope scope = context.Scope();
        (float[] pixels, PaddingMask mask) = NumbersFromNames.Batch2();
        reference.Model.Forward(context, context.Upload([2, 3, 256, 320], pixels), mask);

        string[] keys = [.. golden.Keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal))];
        Assert.Equal(18, keys.Length);
        Assert.Equal(18, capture.Places.Count);
        foreach (string key in keys)
        {
            AttentionPlace place = AttentionPlace.Find(key[Prefix.Length..])!.Value;
            float[] expected = golden.Floats(key);
            float[] actual = expected.Length == 2 * capture.Mean(place).Values.Length
                ? [.. capture.Mean(place, 0).Values, .. capture.Mean(place, 1).Values]
                : [.. Enumerable.Range(0, 16).SelectMany(i => capture.Head(place, i % 8, i / 8).Values)];
            float largest = TensorPrimitives.MaxMagnitude<float>([.. expected.Zip(actual, (value, other) => value - other)]);
            Assert.True(Math.Abs(largest) <= (expected.Length == 2 * capture.Mean(place).Values.Length ? 1e-4 : 3e-4), $"{key} differs by {largest}");
        }
    }

    [Fact]
    public void Rows_of_attention_sum_to_1()
    {
        AttentionCapture capture = new(_ => true);
        ForwardContext context = new(reference.Backend) { AttentionObserver = capture };
        using Scope scope = context.Scope();
        reference.Model.Forward(context, ReferenceDetr.Image(context), PaddingMask.None(1, ReferenceDetr.Height, ReferenceDetr.Width));
        Assert.All(capture.Places.Select(place => capture.Mean(place)), map => Assert.All(
            Enumerable.Range(0, map.Queries), query => Assert.Equal(1.0, map.Row(query).ToArray().Sum(value => (double)value), 1e-5)));
    }
}
