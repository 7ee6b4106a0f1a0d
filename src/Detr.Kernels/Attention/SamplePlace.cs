using System.Runtime.CompilerServices;

namespace Detr.Kernels;

/// <summary>The four cells that a bilinear sample lies between. Corners 0 to 3: upper left, upper right, lower left, lower right.</summary>
internal readonly struct SamplePlace(SampleAxis x, SampleAxis y, int start, int width)
{
    /// <summary>The token of a corner's cell; of one beyond the edge, some other token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Token(int corner) => start + ((corner < 2 ? y.First : y.Second) * width) + ((corner & 1) == 0 ? x.First : x.Second);

    /// <summary>How much of a corner's cell the sample has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float Share(int corner) => ShareX(corner) * ShareY(corner);

    /// <summary>How that share changes as the sample moves right by a cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float SlopeX(int corner) => ((corner & 1) == 0 ? x.FirstSlope : x.SecondSlope) * ShareY(corner);

    /// <summary>How that share changes as the sample moves down by a cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float SlopeY(int corner) => ShareX(corner) * (corner < 2 ? y.FirstSlope : y.SecondSlope);

    private float ShareX(int corner) => (corner & 1) == 0 ? x.FirstShare : x.SecondShare;

    private float ShareY(int corner) => corner < 2 ? y.FirstShare : y.SecondShare;
}
