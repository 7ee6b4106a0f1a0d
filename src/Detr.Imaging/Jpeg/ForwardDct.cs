namespace Detr.Imaging;

/// <summary>The discrete cosine transform of 8×8 blocks: the cosine matrix times the block times its transpose.</summary>
internal static class ForwardDct
{
    private static readonly float[] _cosines = CreateCosines();

    /// <summary>Transforms a block in place.</summary>
    /// <param name="block">Samples less 128, [8, 8]; then coefficients.</param>
    public static void Execute(Span<float> block)
    {
        Span<float> columns = stackalloc float[64];
        for (int v = 0; v < 8; v++)
        {
            for (int x = 0; x < 8; x++)
            {
                float sum = 0;
                for (int y = 0; y < 8; y++)
                {
                    sum += _cosines[v * 8 + y] * block[y * 8 + x];
                }

                columns[v * 8 + x] = sum;
            }
        }

        for (int v = 0; v < 8; v++)
        {
            for (int u = 0; u < 8; u++)
            {
                float sum = 0;
                for (int x = 0; x < 8; x++)
                {
                    sum += _cosines[u * 8 + x] * columns[v * 8 + x];
                }

                block[v * 8 + u] = sum;
            }
        }
    }

    private static float[] CreateCosines()
    {
        float[] cosines = new float[64];
        for (int u = 0; u < 8; u++)
        {
            for (int x = 0; x < 8; x++)
            {
                cosines[u * 8 + x] = (float)((u == 0 ? Math.Sqrt(0.125) : 0.5) * Math.Cos((2 * x + 1) * u * Math.PI / 16));
            }
        }

        return cosines;
    }
}
