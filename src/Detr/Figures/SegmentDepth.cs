using Detr.Data;

namespace Detr.Figures;

/// <summary>How deep pixels lie in their segments: where a name fits best.</summary>
internal static class SegmentDepth
{
    /// <summary>The steps, up, down and sideways, from each pixel out of its segment or the picture, in two sweeps (Rosenfeld and Pfaltz 1966).</summary>
    /// <returns>[height, width], at least 1.</returns>
    internal static int[] Measure(PanopticMap map)
    {
        (int width, int height) = (map.Width, map.Height);
        int[] ids = map.Ids, depths = new int[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, width);
            depths[i] = Math.Min(x > 0 ? From(i, i - 1) : 1, y > 0 ? From(i, i - width) : 1);
        }

        for (int i = ids.Length - 1; i >= 0; i--)
        {
            (int y, int x) = Math.DivRem(i, width);
            depths[i] = Math.Min(depths[i], Math.Min(x < width - 1 ? From(i, i + 1) : 1, y < height - 1 ? From(i, i + width) : 1));
        }

        return depths;

        int From(int here, int there) => ids[here] == ids[there] ? depths[there] + 1 : 1;
    }

    /// <summary>A segment's deepest pixel, the first of several.</summary>
    internal static (int X, int Y) Deepest(PanopticMap map, int[] depths, PanopticSegment segment)
    {
        (int left, int top, int right, int bottom) = ((int)segment.Box.X, (int)segment.Box.Y, (int)(segment.Box.X + segment.Box.Width), (int)(segment.Box.Y + segment.Box.Height));
        (int place, int deepest) = (0, 0);
        for (int y = top; y < bottom; y++)
        {
            for (int i = (y * map.Width) + left; i < (y * map.Width) + right; i++)
            {
                if (map.Ids[i] == segment.Id && depths[i] > deepest)
                {
                    (place, deepest) = (i, depths[i]);
                }
            }
        }

        return (place % map.Width, place / map.Width);
    }
}
