using System.IO.Compression;
using System.Numerics.Tensors;
using Detr.Explain;

namespace Detr.Reports;

/// <summary>
/// What cells of a picture attend to, small enough for a page: roots of a row's numbers as shares of its largest one, in few steps, then
/// deflated. Roots have finer steps where numbers are small, as most are, and fewer of them are in use where numbers are alike.
/// </summary>
/// <param name="Layer">The encoder layer, from 0.</param>
/// <param name="Largest">Each row's largest number.</param>
/// <param name="Levels">[cells, cells] in bytes, in zlib's format: a number is (level / <see cref="Steps"/>)² of its row's largest.</param>
internal sealed record PackedAttention(int Layer, float[] Largest, byte[] Levels)
{
    /// <summary>The level of a row's largest number.</summary>
    internal const int Steps = 63;

    // What is smaller is no attention, and its reciprocal may be no number.
    private const float Nothing = 1e-30f;

    /// <summary>Packs an attention among cells, those of padding left out.</summary>
    /// <param name="layer">The encoder layer.</param>
    /// <param name="attention">[Rows · Columns, Rows · Columns] of the placement; finite and not negative, as probabilities are.</param>
    /// <param name="placement">Which cells are padding.</param>
    internal static PackedAttention Of(int layer, AttentionMap attention, MapPlacement placement)
    {
        int cells = placement.PictureRows * placement.PictureColumns;
        float[] largest = new float[cells];
        byte[] levels = new byte[cells];
        using MemoryStream packed = new();
        using (ZLibStream deflated = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int cell = 0; cell < cells; cell++)
            {
                ReadOnlySpan<float> row = attention.Row(Place(cell, placement));
                float most = TensorPrimitives.Max(row);
                largest[cell] = float.IsFinite(most) && most > Nothing ? most : 0f;
                float scale = largest[cell] > 0f ? 1f / largest[cell] : 0f;
                for (int key = 0; key < cells; key++)
                {
                    levels[key] = (byte)MathF.Round(MathF.Sqrt(row[Place(key, placement)] * scale) * Steps);
                }

                deflated.Write(levels);
            }
        }

        return new PackedAttention(layer, largest, packed.ToArray());
    }

    /// <summary>Where a cell of the picture stands in the feature map.</summary>
    private static int Place(int cell, MapPlacement placement)
    {
        (int row, int column) = Math.DivRem(cell, placement.PictureColumns);
        return (row * placement.Columns) + column;
    }
}
