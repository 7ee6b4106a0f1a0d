using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>A scene's background: two muted colours blended along a direction, with soft noise and a few stripes.</summary>
internal static class ShapeGround
{
    private const int Lattice = 9;

    internal static void Paint(RgbImage image, RandomStream random)
    {
        float[] first = Muted(random), second = Muted(random);
        double angle = random.NextDouble() * 2 * Math.PI;
        float directionX = (float)Math.Cos(angle), directionY = (float)Math.Sin(angle);
        float[] coarse = Noise(random), fine = Noise(random);
        float strength = 12 + (float)(random.NextDouble() * 26);
        float stripes = random.NextDouble() < 0.4 ? (float)(random.NextDouble() * 14) : 0;
        float frequency = 4 + (float)(random.NextDouble() * 14), phase = (float)(random.NextDouble() * 6.28);
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Row(y);
            float v = (y + 0.5f) / image.Height;
            for (int x = 0; x < image.Width; x++)
            {
                float u = (x + 0.5f) / image.Width;
                float along = ((u - 0.5f) * directionX) + ((v - 0.5f) * directionY);
                float blend = Math.Clamp(along + 0.5f, 0f, 1f);
                float light = strength * (Sample(coarse, u, v) + (0.5f * Sample(fine, (u * 3.7f) % 1f, (v * 3.7f) % 1f)));
                light += stripes == 0 ? 0 : stripes * MathF.Sin((frequency * 6.28f * along) + phase);
                for (int c = 0; c < 3; c++)
                {
                    row[(3 * x) + c] = (byte)Math.Clamp((first[c] * (1 - blend)) + (second[c] * blend) + light, 0f, 255f);
                }
            }
        }
    }

    /// <summary>A greyish colour, so that objects' saturated ones stand out.</summary>
    private static float[] Muted(RandomStream random)
    {
        float grey = 70 + (float)(random.NextDouble() * 120);
        return [.. Enumerable.Range(0, 3).Select(_ => grey + (float)((random.NextDouble() - 0.5) * 40))];
    }

    private static float[] Noise(RandomStream random) => [.. Enumerable.Range(0, Lattice * Lattice).Select(_ => (float)(random.NextDouble() - 0.5))];

    /// <summary>Smooth interpolation between the lattice's values.</summary>
    private static float Sample(float[] noise, float u, float v)
    {
        float x = u * (Lattice - 1), y = v * (Lattice - 1);
        int ix = Math.Min((int)x, Lattice - 2), iy = Math.Min((int)y, Lattice - 2);
        float fx = Smooth(x - ix), fy = Smooth(y - iy);
        int i = (iy * Lattice) + ix;
        float top = noise[i] + (fx * (noise[i + 1] - noise[i]));
        float bottom = noise[i + Lattice] + (fx * (noise[i + Lattice + 1] - noise[i + Lattice]));
        return top + (fy * (bottom - top));
    }

    private static float Smooth(float t) => t * t * (3 - (2 * t));
}
