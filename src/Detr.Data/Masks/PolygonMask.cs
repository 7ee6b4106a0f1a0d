namespace Detr.Data;

/// <summary>
/// The pixels inside a polygon as COCO's own tools find them: its outline is walked on a grid five times as fine, and wherever
/// the walk crosses the middle of a column of pixels, the pixels below change sides.
/// </summary>
public static class PolygonMask
{
    private const int Fineness = 5;

    /// <summary>Fills a polygon.</summary>
    /// <param name="height">Rows of the picture; at least 1.</param>
    /// <param name="width">Columns; at least 1.</param>
    /// <param name="points">x and y of each corner in turn, in pixels; may lie outside the picture.</param>
    /// <exception cref="InvalidDataException">A number is missing, is not finite, or lies absurdly far outside.</exception>
    public static RunLengthMask Fill(int height, int width, ReadOnlySpan<double> points)
    {
        // Twice the largest picture there is: no outline that belongs to one reaches further, and the walk stays short.
        const double Farthest = 131072;
        if (points.Length % 2 != 0 || points.Length == 0)
        {
            throw new InvalidDataException($"A polygon has pairs of x and y, not {points.Length} numbers; export the annotations again.");
        }

        foreach (double value in points)
        {
            if (!(Math.Abs(value) <= Farthest))
            {
                throw new InvalidDataException($"A polygon reaches to {value}, far outside any picture; export the annotations again.");
            }
        }

        int corners = points.Length / 2;
        List<long> crossings = [];
        (int X, int Y)? before = null;
        for (int i = 0; i < corners; i++)
        {
            foreach ((int X, int Y) here in Walk(Corner(points, i), Corner(points, (i + 1) % corners)))
            {
                if (before is { } last && last.X != here.X && Crossing(last, here, height, width) is { } place)
                {
                    crossings.Add(place);
                }

                before = here;
            }
        }

        return FromCrossings(height, width, crossings);
    }

    private static (int X, int Y) Corner(ReadOnlySpan<double> points, int index)
        => ((int)((Fineness * points[2 * index]) + 0.5), (int)((Fineness * points[(2 * index) + 1]) + 0.5));

    /// <summary>The grid's points from one corner to the next, with both; the longer way steps by one. Always computed from the lower end.</summary>
    private static IEnumerable<(int X, int Y)> Walk((int X, int Y) from, (int X, int Y) to)
    {
        int across = Math.Abs(to.X - from.X), down = Math.Abs(to.Y - from.Y);
        bool isFlat = across >= down, isTurned = isFlat ? from.X > to.X : from.Y > to.Y;
        ((int X, int Y) low, (int X, int Y) high) = isTurned ? (to, from) : (from, to);
        int steps = isFlat ? across : down;
        double slope = steps == 0 ? 0 : isFlat ? (double)(high.Y - low.Y) / across : (double)(high.X - low.X) / down;
        for (int step = 0; step <= steps; step++)
        {
            int t = isTurned ? steps - step : step;
            yield return isFlat ? (low.X + t, (int)(low.Y + (slope * t) + 0.5)) : ((int)(low.X + (slope * t) + 0.5), low.Y + t);
        }
    }

    /// <summary>The pixel, counted down the columns, from which on a step sideways changes sides; none where it crosses no column's middle.</summary>
    private static long? Crossing((int X, int Y) before, (int X, int Y) here, int height, int width)
    {
        double column = ((Math.Min(before.X, here.X) + 0.5) / Fineness) - 0.5;
        if (column != Math.Floor(column) || column < 0 || column > width - 1)
        {
            return null;
        }

        double row = Math.Clamp(((Math.Min(before.Y, here.Y) + 0.5) / Fineness) - 0.5, 0, height);
        return ((long)column * height) + (long)Math.Ceiling(row);
    }

    private static RunLengthMask FromCrossings(int height, int width, List<long> crossings)
    {
        long pixels = (long)height * width, last = 0;
        List<int> runs = [];

        // Two changes at one place are none.
        foreach (IGrouping<long, long> place in crossings.Order().GroupBy(place => place).Where(group => group.Count() % 2 == 1))
        {
            if (place.Key < pixels)
            {
                runs.Add((int)(place.Key - last));
                last = place.Key;
            }
        }

        runs.Add((int)(pixels - last));
        return RunLengthMask.FromRuns(height, width, [.. runs]);
    }
}
