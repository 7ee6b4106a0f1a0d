namespace Detr.Kernels;

/// <summary>Where a bilinear sample lies along one axis: between two cells, one of which may be beyond the edge.</summary>
internal readonly struct SampleAxis
{
    private SampleAxis(int first, float fraction, int size)
    {
        bool hasFirst = first >= 0, hasSecond = first + 1 < size;
        First = hasFirst ? first : 0;
        Second = hasSecond ? first + 1 : first;
        FirstShare = hasFirst ? 1f - fraction : 0f;
        SecondShare = hasSecond ? fraction : 0f;
        FirstSlope = hasFirst ? -1f : 0f;
        SecondSlope = hasSecond ? 1f : 0f;
    }

    /// <summary>The cell before the sample, or where that is beyond the edge, one that is not.</summary>
    internal int First { get; }

    /// <summary>The cell after the sample, or where that is beyond the edge, one that is not.</summary>
    internal int Second { get; }

    /// <summary>How much of the first cell the sample has; none of one beyond the edge.</summary>
    internal float FirstShare { get; }

    /// <summary>How much of the second cell the sample has.</summary>
    internal float SecondShare { get; }

    /// <summary>How the first share changes as the sample moves by a cell.</summary>
    internal float FirstSlope { get; }

    /// <summary>How the second share changes.</summary>
    internal float SecondSlope { get; }

    /// <summary>Finds a place.</summary>
    /// <param name="location">From 0, the first cell's near edge, to 1, the last one's far edge; any number.</param>
    /// <param name="size">Cells of the axis.</param>
    /// <param name="axis">The place.</param>
    /// <returns>Whether a cell has a share in it.</returns>
    internal static bool TryFind(float location, int size, out SampleAxis axis)
    {
        float cell = (location * size) - 0.5f;

        // Asked this way round, what is not a number is outside too.
        if (!(cell > -1f && cell < size))
        {
            axis = default;
            return false;
        }

        int first = (int)MathF.Floor(cell);
        axis = new SampleAxis(first, cell - first, size);
        return true;
    }
}
