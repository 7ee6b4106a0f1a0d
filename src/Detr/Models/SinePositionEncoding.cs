using System.Buffers;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Sines and cosines of a cell's row and column at geometric frequencies, rows in the first half of the channels, columns
/// in the second (Carion et al. 2020, appendix A.4; Parmar et al. 2018). Padding does not count: positions run over the
/// image alone, scaled to 2π.
/// </summary>
/// <param name="channels">Channels of the encoding; a multiple of 4.</param>
/// <param name="options">Its waves.</param>
/// <param name="normalize">Whether positions are scaled to 2π.</param>
public sealed class SinePositionEncoding(int channels, SinePositionOptions options, bool normalize = true) : IPositionEncoding
{
    /// <summary>Added to how many cells there are, so that an image of none has a position; as the reference.</summary>
    internal const float Epsilon = 1e-6f;

    private readonly float[] _wavelengths = options.Wavelengths(channels / 2);

    /// <inheritdoc/>
    public Tensor Forward(ForwardContext context, PaddingMask mask)
    {
        int half = channels / 2, cells = mask.Height * mask.Width, length = mask.Batch * cells * channels;
        float[] encoding = ArrayPool<float>.Shared.Rent(length);
        try
        {
            // Few positions differ: those of an image's rows and columns. The others are copied from where they stand first.
            Dictionary<float, int> places = [];
            for (int b = 0; b < mask.Batch; b++)
            {
                bool[] padded = mask.Padded;
                for (int y = 0; y < mask.Height; y++)
                {
                    for (int x = 0; x < mask.Width; x++)
                    {
                        int cell = (b * cells) + (y * mask.Width) + x;
                        Encode(Position(padded, (b * cells) + x, mask.Width, mask.Height, y), encoding, cell * channels, places);
                        Encode(Position(padded, (b * cells) + (y * mask.Width), 1, mask.Width, x), encoding, (cell * channels) + half, places);
                    }
                }
            }

            return context.Upload([mask.Batch, cells, channels], encoding.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(encoding);
        }
    }

    /// <summary>The encoding of one place.</summary>
    /// <param name="x">In shares of the picture's width.</param>
    /// <param name="y">In shares of its height.</param>
    /// <param name="target">Takes the channels.</param>
    internal void Encode(double x, double y, Span<float> target)
    {
        Encode((float)(y * 2 * Math.PI), target[..(channels / 2)]);
        Encode((float)(x * 2 * Math.PI), target[(channels / 2)..]);
    }

    /// <summary>How many cells of a line, up to and with this one, are not padded; of 2π when normalised.</summary>
    private float Position(bool[] padded, int start, int step, int count, int place)
    {
        int before = 0, all = 0;
        for (int i = 0; i < count; i++)
        {
            all += padded[start + (i * step)] ? 0 : 1;
            before = i == place ? all : before;
        }

        float position = options.HalfCell ? before - 0.5f : before;
        return normalize ? (float)(position / (all + Epsilon) * (2 * Math.PI)) : position;
    }

    private void Encode(float position, float[] encoding, int place, Dictionary<float, int> places)
    {
        Span<float> target = encoding.AsSpan(place, _wavelengths.Length);
        if (places.TryGetValue(position, out int first))
        {
            encoding.AsSpan(first, target.Length).CopyTo(target);
            return;
        }

        places.Add(position, place);
        Encode(position, target);
    }

    private void Encode(float position, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            float angle = position / _wavelengths[i];
            target[i] = i % 2 == 0 ? MathF.Sin(angle) : MathF.Cos(angle);
        }
    }
}
