using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>A scene's ground of one to three strips, each of a sort of its own, with wavy borders; lengths are shares of the scene's side.</summary>
internal sealed class ShapeLandscape
{
    private const int MostStrips = 3;
    private const float Turn = 2 * MathF.PI;

    private readonly GroundKind[] _kinds;
    private readonly float[] _borders;
    private readonly float _directionX;
    private readonly float _directionY;
    private readonly float _swing;
    private readonly float _waves;
    private readonly float _phase;
    private readonly float _shade;

    private ShapeLandscape(RandomStream random)
    {
        GroundKind[] kinds = Enum.GetValues<GroundKind>();
        int strips = 1 + random.Next(MostStrips);
        for (int i = 0; i < strips; i++)
        {
            int other = i + random.Next(kinds.Length - i);
            (kinds[i], kinds[other]) = (kinds[other], kinds[i]);
        }

        // One border runs near the middle, two stay apart from each other and from the corners.
        float first = Number(random, -0.2f, 0.2f), spread = Number(random, 0.12f, 0.25f);
        _kinds = kinds[..strips];
        _borders = strips switch { 1 => [], 2 => [first], _ => [(first / 4) - spread, (first / 4) + spread] };
        (_directionY, _directionX) = MathF.SinCos(Number(random, 0, Turn));
        _swing = Number(random, 0, 0.06f);
        _waves = Number(random, 1, 3);
        _phase = Number(random, 0, Turn);
        _shade = Number(random, -18, 18);
    }

    /// <summary>The strips' sorts, no two alike.</summary>
    internal IReadOnlyList<GroundKind> Kinds => _kinds;

    internal static ShapeLandscape Random(RandomStream random) => new(random);

    /// <summary>The strip that each pixel of a square picture belongs to, [size, size].</summary>
    internal int[] Strips(int size)
    {
        int[] strips = new int[size * size];
        for (int i = 0; i < strips.Length; i++)
        {
            (float u, float v) = Place(i, size);
            float across = ((u - 0.5f) * _directionX) + ((v - 0.5f) * _directionY), along = ((v - 0.5f) * _directionX) - ((u - 0.5f) * _directionY);
            float bent = across + (_swing * MathF.Sin((Turn * _waves * along) + _phase));
            foreach (float border in _borders)
            {
                strips[i] += bent > border ? 1 : 0;
            }
        }

        return strips;
    }

    internal void Paint(RgbImage image)
    {
        int[] strips = Strips(image.Width);
        for (int i = 0; i < strips.Length; i++)
        {
            (float u, float v) = Place(i, image.Width);
            (float red, float green, float blue, float light) = Color(_kinds[strips[i]], u, v);
            Span<byte> pixel = image.Pixels.AsSpan(3 * i, 3);
            (pixel[0], pixel[1], pixel[2]) = (Channel(red + light), Channel(green + light), Channel(blue + light));
        }
    }

    /// <summary>Colour and texture: each sort can be told by either.</summary>
    private (float Red, float Green, float Blue, float Light) Color(GroundKind kind, float u, float v) => kind switch
    {
        GroundKind.Sand => (196, 176, 136, 34 * (Grain(u, v, 64) - 0.5f)),
        GroundKind.Water => (96, 124, 150, 16 * MathF.Sin(Turn * ((11 * v) + (0.35f * MathF.Sin((Turn * 2 * u) + _phase))))),
        GroundKind.Grass => (112, 136, 96, 44 * (Grain(u, v / 6, 96) - 0.5f)),
        _ => (142, 140, 144, IsJoint(u, v) ? -38 : 10 * (Grain(u, v, 8) - 0.5f)),
    };

    /// <summary>Bricks: rows of an eighth, every other one moved by half a brick.</summary>
    private static bool IsJoint(float u, float v)
    {
        const float Joint = 0.1f;
        float row = MathF.Floor(8 * v), column = (4 * u) + (row % 2 / 2);
        return (8 * v) - row < Joint || column - MathF.Floor(column) < Joint / 2;
    }

    /// <summary>A number from 0 to 1 for each cell of a grid, as if by chance.</summary>
    private static float Grain(float u, float v, int cells)
    {
        uint mixed = ((uint)(u * cells) * 0x9E3779B1) ^ ((uint)(v * cells) * 0x85EBCA77);
        mixed = (mixed ^ (mixed >> 15)) * 0x2C1B3C6D;
        mixed = (mixed ^ (mixed >> 12)) * 0x297A2D39;
        return (mixed >> 8) / (float)(1 << 24);
    }

    private static (float U, float V) Place(int pixel, int size) => ((pixel % size + 0.5f) / size, (pixel / size + 0.5f) / size);

    private static float Number(RandomStream random, float low, float high) => low + ((float)random.NextDouble() * (high - low));

    private byte Channel(float value) => (byte)Math.Clamp(value + _shade, 0f, 255f);
}
