using Detr.Explain;
using Detr.Models;

namespace Detr.Tests.Explain;

/// <summary>Heads as text.</summary>
public sealed class HeadSpecificationTests
{
    private static readonly TransformerOptions Transformer = new() { EncoderLayers = 4 };

    [Theory]
    [InlineData("encoder.self:all:all", AttentionKind.EncoderSelf, null, null)]
    [InlineData("decoder.self:0:7", AttentionKind.DecoderSelf, new[] { 0 }, new[] { 7 })]
    [InlineData("decoder.cross:0-3,5:2,5", AttentionKind.DecoderCross, new[] { 0, 1, 2, 3, 5 }, new[] { 2, 5 })]
    [InlineData("encoder.self:3-3:5,0-1,0", AttentionKind.EncoderSelf, new[] { 3 }, new[] { 0, 1, 5 })]
    public void Layers_and_heads_are_read(string text, AttentionKind kind, int[]? layers, int[]? heads)
    {
        HeadSelection selection = HeadSpecification.Parse(text, Transformer);
        Assert.Equal(kind, selection.Kind);
        Assert.Equal(layers, selection.Layers?.ToArray());
        Assert.Equal(heads, selection.Heads?.ToArray());
        Assert.Null(selection.Query);
    }

    [Theory]
    [InlineData("", "names no attention")]
    [InlineData("encoder.cross:all:all", "encoder.cross:all:all names no attention")]
    [InlineData("decoder.self", "too few parts")]
    [InlineData("decoder.self:0:1:2", "too many parts")]
    [InlineData("decoder.self::0", "nothing says no layers")]
    [InlineData("decoder.self:all:", "nothing says no heads")]
    [InlineData("decoder.self:0:1,", "1, says no heads")]
    [InlineData("decoder.self:3-1:0", "3-1 says no layers")]
    [InlineData("decoder.self:1-2-3:0", "1-2-3 says no layers")]
    [InlineData("decoder.self:-1:0", "-1 says no layers")]
    [InlineData("decoder.self: 1:0", " 1 says no layers")]
    [InlineData("decoder.self:0:99999999999", "99999999999 says no heads")]
    [InlineData("decoder.self:0:8", "names head 8, but they go from 0 to 7")]
    [InlineData("encoder.self:0-4:0", "names layer 4, but they go from 0 to 3")]
    [InlineData("decoder.cross:0-2147483647:0", "names layer 2147483647")]
    public void Bad_text_is_one_sentence(string text, string said)
    {
        string message = Assert.Throws<FormatException>(() => HeadSpecification.Parse(text, Transformer)).Message;
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
