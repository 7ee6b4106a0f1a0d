using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>
/// Multi-scale deformable attention with its four projections (Zhu et al. 2021, section 4.1): a query says where around its
/// reference each head samples, and by what weight.
/// </summary>
public sealed class MultiScaleDeformableAttention
{
    private readonly int _heads;
    private readonly int _levels;
    private readonly int _points;
    private readonly string _name;
    private readonly Linear _offsets;
    private readonly Linear _weights;
    private readonly Linear _value;
    private readonly Linear _output;

    /// <summary>Adds the attention's parameters: all samples of a head begin in its own direction, one further out than the other.</summary>
    /// <param name="parameters">Takes sampling_offsets, attention_weights, value_proj and output_proj.</param>
    /// <param name="name">The attention's name; observers and head masks know it by it.</param>
    /// <param name="channels">Channels of a token.</param>
    /// <param name="heads">Heads; divides the channels.</param>
    /// <param name="levels">Levels of the pyramid.</param>
    /// <param name="points">Points that a head samples on each level.</param>
    /// <exception cref="ArgumentException">The heads do not divide the channels.</exception>
    public MultiScaleDeformableAttention(ParameterSet parameters, string name, int channels, int heads, int levels, int points)
    {
        if (channels % heads != 0)
        {
            throw new ArgumentException($"{heads} heads do not divide {channels} channels.", nameof(heads));
        }

        (_name, _heads, _levels, _points) = (name, heads, levels, points);
        int samples = heads * levels * points;
        _offsets = new Linear(parameters, $"{name}.sampling_offsets", channels, 2 * samples);
        _weights = new Linear(parameters, $"{name}.attention_weights", channels, samples);
        _value = new Linear(parameters, $"{name}.value_proj", channels, channels);
        _output = new Linear(parameters, $"{name}.output_proj", channels, channels);
        _offsets.Bias.Write(Star(heads, levels, points));
    }

    /// <summary>Lets each query gather samples of the tokens.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="query">[batch, queries, channels].</param>
    /// <param name="references">Points (x, y) or boxes (x, y, w, h), 0 to 1 across a level, [batch, queries, levels, 2 or 4].</param>
    /// <param name="tokens">[batch, tokens, channels], level by level, each row by row.</param>
    /// <param name="levels">Rows and columns of each level.</param>
    /// <param name="padding">Tokens whose values are zero, [batch, tokens] as [batch, height, width], or null.</param>
    /// <returns>[batch, queries, channels].</returns>
    /// <exception cref="ArgumentException">There are more or fewer levels than the attention was made for, or a tensor is not of its size.</exception>
    public Tensor Forward(ForwardContext context, Tensor query, Tensor references, Tensor tokens, ReadOnlySpan<(int Height, int Width)> levels, PaddingMask? padding = null)
    {
        if (levels.Length != _levels)
        {
            throw new ArgumentException($"The attention {_name} was made for {_levels} levels, not {levels.Length}.", nameof(levels));
        }

        using Scope scope = context.Scope();
        (int batch, int queries, int channels) = (query.Shape[0], query.Shape[1], query.Shape[2]);
        DeformableAttentionShape shape = new(batch, queries, _heads, channels / _heads, _points, levels);
        Tensor value = _value.Forward(context, tokens);
        if (padding is { HasPadding: true })
        {
            value = context.Multiply(value, Present(context, padding));
        }

        Tensor offsets = context.Reshape(_offsets.Forward(context, query), [batch, queries, _heads, _levels, _points, 2]);
        Tensor weights = context.Softmax(context.Reshape(_weights.Forward(context, query), [batch, queries, _heads, _levels * _points]));
        Tensor gathered = context.DeformableAttention(
            _name, shape, value, context.SamplingLocations(shape, offsets, references), context.Reshape(weights, [batch, queries, _heads, _levels, _points]), references);
        return scope.Keep(_output.Forward(context, gathered));
    }

    /// <summary>1 for a token that is there and 0 for padding, [batch, tokens, 1].</summary>
    private static Tensor Present(ForwardContext context, PaddingMask padding)
    {
        float[] present = Array.ConvertAll(padding.Padded, isPadded => isPadded ? 0f : 1f);
        return context.Upload([padding.Batch, padding.Height * padding.Width, 1], present);
    }

    /// <summary>Head j looks in the direction 2πj / heads, its larger coordinate 1; point k is k + 1 times as far.</summary>
    private static float[] Star(int heads, int levels, int points)
    {
        float[] offsets = new float[heads * levels * points * 2];
        for (int sample = 0; sample < offsets.Length / 2; sample++)
        {
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * (sample / (levels * points)) / heads);
            double reach = ((sample % points) + 1) / Math.Max(Math.Abs(sine), Math.Abs(cosine));
            offsets[2 * sample] = (float)(cosine * reach);
            offsets[(2 * sample) + 1] = (float)(sine * reach);
        }

        return offsets;
    }
}
