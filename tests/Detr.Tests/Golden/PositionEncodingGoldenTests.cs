using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Position encodings on a padded feature map against the reference's.</summary>
public sealed class PositionEncodingGoldenTests : IDisposable
{
    private readonly CpuBackend _backend = new(1);
    private readonly GoldenFile _golden = new("position_encoding");

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData(true, "sine_normalize_True")]
    [InlineData(false, "sine_normalize_False")]
    public void Sines_match_the_reference(bool normalize, string key) => AssertMatches(new SinePositionEncoding(256, new SinePositionOptions(), normalize), key);

    [Fact]
    public void Learned_vectors_match_the_reference()
    {
        ParameterSet parameters = [];
        LearnedPositionEncoding encoding = new(parameters, string.Empty, 256);
        NumbersFromNames.Fill(parameters);
        AssertMatches(encoding, "learned");
    }

    private void AssertMatches(IPositionEncoding encoding, string key)
    {
        bool[] padded = [.. _golden.Doubles("mask_8x10").Select(value => value != 0)];
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        Tensor position = encoding.Forward(context, new PaddingMask(2, 8, 10, padded));
        _golden.AssertClose(key, context.Permute(position, 0, 2, 1).AsSpan(), 1e-5);
    }
}
