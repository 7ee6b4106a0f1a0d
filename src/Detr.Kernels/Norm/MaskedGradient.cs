using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Detr.Kernels;

/// <summary>
/// The gradient of a normalised map, read as it was before a ReLU that followed: zero where the ReLU's result is. What is
/// read can be written down on the way, for those who need the same gradient next.
/// </summary>
/// <param name="dy">The gradient after the ReLU, or all of it where none followed.</param>
/// <param name="y">The ReLU's results, or null where none followed.</param>
/// <param name="copy">Takes what is read, or null.</param>
internal readonly unsafe struct MaskedGradient(float* dy, float* y = null, float* copy = null)
{
    /// <summary>A vector of gradients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<float> Read(nint place)
    {
        Vector256<float> gradient = Vector256.Load(dy + place);
        if (y != null)
        {
            gradient &= Vector256.GreaterThan(Vector256.Load(y + place), Vector256<float>.Zero);
        }

        if (copy != null)
        {
            gradient.Store(copy + place);
        }

        return gradient;
    }

    /// <summary>One gradient.</summary>
    internal float ReadOne(nint place)
    {
        float gradient = y == null || y[place] > 0f ? dy[place] : 0f;
        if (copy != null)
        {
            copy[place] = gradient;
        }

        return gradient;
    }
}
