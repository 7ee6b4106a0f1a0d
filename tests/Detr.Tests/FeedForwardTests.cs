using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>The feed-forward part of a transformer layer.</summary>
public sealed class FeedForwardTests
{
    // So wide between its layers that four rows are taken at a time.
    private const int Channels = 4, Inner = 1 << 18;

    [Theory]
    [InlineData(1, 11)]
    [InlineData(3, 4)]
    [InlineData(2, 3)]
    public void Rows_taken_a_few_at_a_time_are_the_rows_taken_at_once(int batch, int tokens)
    {
        ParameterSet parameters = new();
        FeedForward part = new(parameters, "part", Channels, Inner, dropout: 0.5f);
        RandomStream random = new(1);
        foreach (Parameter parameter in parameters)
        {
            parameter.Write(Numbers(parameter.Length));
        }

        using CpuBackend backend = new(2);
        Tensor x = Tensor.FromArray([batch, tokens, Channels], Numbers(batch * tokens * Channels));

        float[] inPieces = Result(null);

        Assert.Equal(Result(new Tape()), inPieces);

        float[] Result(Tape? tape)
        {
            ForwardContext context = new(backend) { Tape = tape };
            using Scope scope = context.Scope();
            Tensor y = part.Forward(context, x);
            Assert.Equal(x.Shape, y.Shape);
            return y.ToArray();
        }

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];
    }
}
