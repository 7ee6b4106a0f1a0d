using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>
/// Which pixels of a picture belong to an object, as COCO stores it: lengths of runs down the columns, from left to right,
/// the first of pixels outside, the second of pixels inside, and so on in turn.
/// </summary>
public sealed class RunLengthMask
{
    private readonly int[] _runs;

    private RunLengthMask(int height, int width, int[] runs)
    {
        (Height, Width, _runs) = (height, width, runs);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The runs' lengths; they add up to all pixels.</summary>
    public ReadOnlySpan<int> Runs => _runs;

    /// <summary>How many pixels are inside.</summary>
    public long Area
    {
        get
        {
            long area = 0;
            for (int i = 1; i < _runs.Length; i += 2)
            {
                area += _runs[i];
            }

            return area;
        }
    }

    /// <summary>A mask from its runs.</summary>
    /// <param name="height">Rows; at least 1.</param>
    /// <param name="width">Columns; at least 1.</param>
    /// <param name="runs">Lengths of at least 0 that add up to all pixels; without any, nothing is inside.</param>
    /// <exception cref="InvalidDataException">They do not add up, or one is negative.</exception>
    public static RunLengthMask FromRuns(int height, int width, ReadOnlySpan<int> runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        long left = (long)height * width;
        if (left > Array.MaxLength)
        {
            throw new InvalidDataException($"A mask of {height} × {width} pixels is larger than any picture; check the picture's size.");
        }

        if (runs.IsEmpty)
        {
            return new RunLengthMask(height, width, [(int)left]);
        }

        foreach (int run in runs)
        {
            left = run < 0 ? -1 : left - run;
            if (left < 0)
            {
                break;
            }
        }

        return left == 0
            ? new RunLengthMask(height, width, runs.ToArray())
            : throw new InvalidDataException($"The runs of a mask do not add up to its {height} × {width} pixels; is it of another picture?");
    }

    /// <summary>A mask from its pixels.</summary>
    /// <param name="height">Rows; at least 1.</param>
    /// <param name="width">Columns; at least 1.</param>
    /// <param name="inside">[height, width], true inside.</param>
    /// <exception cref="ArgumentException">There are not height · width pixels.</exception>
    public static RunLengthMask FromPixels(int height, int width, ReadOnlySpan<bool> inside)
    {
        if (inside.Length != (long)height * width)
        {
            throw new ArgumentException($"A mask of {height} × {width} does not have {inside.Length} pixels.", nameof(inside));
        }

        List<int> runs = [];
        bool isInside = false;
        int length = 0;
        for (int x = 0; x < width; x++)
        {
            for (int y = 0; y < height; y++, length++)
            {
                if (inside[(y * width) + x] != isInside)
                {
                    runs.Add(length);
                    (isInside, length) = (!isInside, 0);
                }
            }
        }

        runs.Add(length);
        return new RunLengthMask(height, width, [.. runs]);
    }

    /// <summary>The pixels of several masks of one size together.</summary>
    /// <param name="masks">At least one.</param>
    /// <exception cref="ArgumentException">There is none, or they differ in size.</exception>
    public static RunLengthMask Union(IReadOnlyList<RunLengthMask> masks)
    {
        if (masks.Count == 0 || masks.Any(mask => mask.Height != masks[0].Height || mask.Width != masks[0].Width))
        {
            throw new ArgumentException("A union is of masks of one size.", nameof(masks));
        }

        return masks.Skip(1).Aggregate(masks[0], (all, mask) => all.Merge(mask));
    }

    /// <summary>[height, width], true inside.</summary>
    public bool[] ToPixels()
    {
        bool[] pixels = new bool[Height * Width];
        int place = 0;
        for (int i = 0; i < _runs.Length; i++)
        {
            for (int end = place + _runs[i]; place < end; place++)
            {
                (int x, int y) = Math.DivRem(place, Height);
                pixels[(y * Width) + x] = i % 2 == 1;
            }
        }

        return pixels;
    }

    /// <summary>The smallest box around all that is inside; of no size when nothing is.</summary>
    public ResultBox Bounds()
    {
        int left = Width, top = Height, right = -1, bottom = -1, place = 0;
        for (int i = 0; i < _runs.Length; place += _runs[i++])
        {
            if (i % 2 == 0 || _runs[i] == 0)
            {
                continue;
            }

            (int firstColumn, int firstRow) = Math.DivRem(place, Height);
            (int lastColumn, int lastRow) = Math.DivRem(place + _runs[i] - 1, Height);
            bool turns = firstColumn != lastColumn;
            (left, right) = (Math.Min(left, firstColumn), Math.Max(right, lastColumn));
            (top, bottom) = (Math.Min(top, turns ? 0 : firstRow), Math.Max(bottom, turns ? Height - 1 : lastRow));
        }

        return right < 0 ? default : new ResultBox(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>How many pixels are inside both.</summary>
    /// <exception cref="ArgumentException">The masks differ in size.</exception>
    public long Intersection(RunLengthMask other)
    {
        long both = 0;
        Walk(other, (length, here, there) => both += here && there ? length : 0);
        return both;
    }

    /// <summary>Intersection over union; over this mask's own area where the other is a crowd.</summary>
    /// <param name="truth">The true mask.</param>
    /// <param name="isCrowd">Whether it stands for a crowd.</param>
    /// <exception cref="ArgumentException">The masks differ in size.</exception>
    public double IntersectionOverUnion(RunLengthMask truth, bool isCrowd)
    {
        long intersection = Intersection(truth), all = isCrowd ? Area : Area + truth.Area - intersection;
        return intersection == 0 ? 0 : (double)intersection / all;
    }

    private RunLengthMask Merge(RunLengthMask other)
    {
        List<int> runs = [0];
        Walk(other, (length, here, there) =>
        {
            bool isInside = here || there;
            if (isInside != (runs.Count % 2 == 0))
            {
                runs.Add(0);
            }

            runs[^1] += length;
        });
        return new RunLengthMask(Height, Width, [.. runs]);
    }

    /// <summary>Goes through both masks at once, in stretches in which neither changes.</summary>
    private void Walk(RunLengthMask other, Action<int, bool, bool> stretch)
    {
        if (Height != other.Height || Width != other.Width)
        {
            throw new ArgumentException($"A mask of {Height} × {Width} cannot be held against one of {other.Height} × {other.Width}.", nameof(other));
        }

        int here = 0, there = 0, leftHere = 0, leftThere = 0;
        while (true)
        {
            while (leftHere == 0 && here < _runs.Length)
            {
                leftHere = _runs[here++];
            }

            while (leftThere == 0 && there < other._runs.Length)
            {
                leftThere = other._runs[there++];
            }

            int length = Math.Min(leftHere, leftThere);
            if (length == 0)
            {
                return;
            }

            // The place in the list was moved on already: an even one now means that an odd run, one inside, is under way.
            stretch(length, here % 2 == 0, there % 2 == 0);
            (leftHere, leftThere) = (leftHere - length, leftThere - length);
        }
    }
}
