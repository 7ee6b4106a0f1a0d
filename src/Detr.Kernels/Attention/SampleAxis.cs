using System.Runtime.CompilerServices;

namespace Detr.Kernels;

/// <summary>
/// Where a bilinear sample lies along one axis: between two cells, one of which may be beyond the edge. Few fields and no calls, so that
/// it lives in registers: there is one for every four runs of channels.
/// </summary>
internal readonly struct SampleAxis
{
    private readonly int _first;
    private readonly int _last;
    private readonly float _fraction;

    /// <summary>Finds the cells.</summary>
    /// <param name="cell">Where it is; see <see cref="IsOn"/>.</param>
    /// <param name="size">Cells of the axis.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SampleAxis(float cell, int size)
    {
        _first = (int)MathF.Floor(cell);
        _last = size - 1;
        _fraction = cell - _first;
    }

    /// <summary>The cell before the sample, or where that is beyond the edge, one that is not.</summary>
    internal int First => Math.Max(_first, 0);

    /// <summary>The cell after the sample, or where that is beyond the edge, one that is not.</summary>
    internal int Second => Math.Min(_first + 1, _last);

    /// <summary>How much of the first cell the sample has; none of one beyond the edge.</summary>
    internal float FirstShare => _first >= 0 ? 1f - _fraction : 0f;

    /// <summary>How much of the second cell the sample has.</summary>
    internal float SecondShare => _first < _last ? _fraction : 0f;

    /// <summary>How the first share changes as the sample moves by a cell.</summary>
    internal float FirstSlope => _first >= 0 ? -1f : 0f;

    /// <summary>How the second share changes.</summary>
    internal float SecondSlope => _first < _last ? 1f : 0f;

    /// <summary>The place of a location in cells: the middle of the first is 0.</summary>
    /// <param name="location">From 0, the first cell's near edge, to 1, the last one's far edge; any number.</param>
    /// <param name="size">Cells of the axis.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Cell(float location, int size) => (location * size) - 0.5f;

    /// <summary>Whether a cell has a share in a sample; asked this way round, what is not a number is outside.</summary>
    /// <param name="cell">Where it is.</param>
    /// <param name="size">Cells of the axis.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsOn(float cell, int size) => cell > -1f && cell < size;
}
