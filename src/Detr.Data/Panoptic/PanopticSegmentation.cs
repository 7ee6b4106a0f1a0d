using System.Runtime.InteropServices;
using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>A picture's panoptic segmentation: its map, and its segments measured in that map. Map and segments agree.</summary>
public sealed class PanopticSegmentation
{
    private PanopticSegmentation(PanopticMap map, PanopticSegment[] segments) => (Map, Segments) = (map, segments);

    /// <summary>Which segment each pixel belongs to.</summary>
    public PanopticMap Map { get; }

    /// <summary>The segments in their given order, with their areas and boxes as the map has them.</summary>
    public IReadOnlyList<PanopticSegment> Segments { get; }

    /// <summary>Measures segments in a map.</summary>
    /// <param name="map">The map; it is kept, not copied.</param>
    /// <param name="segments">All segments of the map; areas and boxes that they have are replaced.</param>
    /// <exception cref="InvalidDataException">
    /// An id is listed twice or out of range, or the map has a segment that is not listed, or lacks one that is. Its message
    /// names the segment and no file.
    /// </exception>
    public static PanopticSegmentation Create(PanopticMap map, IEnumerable<PanopticSegment> segments)
    {
        PanopticSegment[] listed = [.. segments];
        Extent[] extents = new Extent[listed.Length];
        Dictionary<int, int> placeOf = Places(listed);
        for (int y = 0; y < map.Height; y++)
        {
            ReadOnlySpan<int> row = map.Row(y);
            for (int x = 0, length; x < row.Length; x += length)
            {
                int id = row[x];
                length = Run(row[x..]);
                if (placeOf.TryGetValue(id, out int place))
                {
                    extents[place].Add(x, y, length);
                }
                else if (id != PanopticMap.Void)
                {
                    throw new InvalidDataException($"segment {id} has pixels, but is not listed");
                }
            }
        }

        for (int i = 0; i < listed.Length; i++)
        {
            listed[i] = extents[i].Area > 0
                ? listed[i] with { Area = extents[i].Area, Box = extents[i].Box }
                : throw new InvalidDataException($"segment {listed[i].Id} is listed, but has no pixels");
        }

        return new PanopticSegmentation(map, listed);
    }

    /// <summary>Each segment's pixels, in the order of the segments.</summary>
    public IReadOnlyList<RunLengthMask> Masks()
    {
        Dictionary<int, int> placeOf = Places(Segments);
        List<int>[] runs = [.. Segments.Select(_ => new List<int>())];
        int[] ends = new int[runs.Length];
        int current = Map.Ids[0], start = 0, position = 0;

        // Run-length masks go down the columns.
        for (int x = 0; x < Map.Width; x++)
        {
            for (int y = 0; y < Map.Height; y++, position++)
            {
                int id = Map.Ids[(y * Map.Width) + x];
                if (id != current)
                {
                    EndRun();
                    (current, start) = (id, position);
                }
            }
        }

        EndRun();
        for (int place = 0; place < runs.Length; place++)
        {
            if (ends[place] < position)
            {
                runs[place].Add(position - ends[place]);
            }
        }

        return [.. runs.Select(list => RunLengthMask.FromRuns(Map.Height, Map.Width, CollectionsMarshal.AsSpan(list)))];

        void EndRun()
        {
            if (placeOf.TryGetValue(current, out int place))
            {
                runs[place].AddRange(start - ends[place], position - start);
                ends[place] = position;
            }
        }
    }

    /// <summary>How many of the first pixels are of one segment.</summary>
    internal static int Run(ReadOnlySpan<int> pixels)
    {
        int other = pixels.IndexOfAnyExcept(pixels[0]);
        return other < 0 ? pixels.Length : other;
    }

    private static Dictionary<int, int> Places(IReadOnlyList<PanopticSegment> segments)
    {
        Dictionary<int, int> placeOf = new(segments.Count);
        for (int i = 0; i < segments.Count; i++)
        {
            int id = segments[i].Id;
            if (id is < 0 or > PanopticMap.LargestId)
            {
                throw new InvalidDataException($"segment {id} cannot be, since ids go from 0 to {PanopticMap.LargestId}");
            }

            if (!placeOf.TryAdd(id, i))
            {
                throw new InvalidDataException($"segment {id} is listed twice");
            }
        }

        return placeOf;
    }

    /// <summary>How many pixels a segment has, and from where to where.</summary>
    private struct Extent
    {
        private int _left, _top, _right, _bottom;

        public long Area { get; private set; }

        public readonly ResultBox Box => new(_left, _top, _right - _left, _bottom - _top);

        public void Add(int x, int y, int length)
        {
            (_left, _top) = Area == 0 ? (x, y) : (Math.Min(_left, x), _top);
            (_right, _bottom) = (Math.Max(_right, x + length), y + 1);
            Area += length;
        }
    }
}
