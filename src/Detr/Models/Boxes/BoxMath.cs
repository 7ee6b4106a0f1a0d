namespace Detr.Models;

/// <summary>Geometry of boxes given as centre x and y, width and height.</summary>
public static class BoxMath
{
    /// <summary>
    /// Generalized intersection over union (Rezatofighi et al. 2019): I / U − (C − U) / C, C the area of the smallest box
    /// around both; in [−1, 1].
    /// </summary>
    /// <param name="a">Four numbers.</param>
    /// <param name="b">Four numbers.</param>
    /// <param name="gradient">Takes four derivatives with respect to the first box; or empty.</param>
    /// <param name="margin">Added to both areas that are divided by, so that boxes of no size give a number.</param>
    public static double GeneralizedIoU(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<double> gradient = default, double margin = 0)
    {
        (double overlapX, double enclosingX) = Lengths(a[0], a[2], b[0], b[2]);
        (double overlapY, double enclosingY) = Lengths(a[1], a[3], b[1], b[3]);
        double area = (double)a[2] * a[3];
        double intersection = overlapX * overlapY;
        double union = area + ((double)b[2] * b[3]) - intersection;
        double enclosing = enclosingX * enclosingY;
        double unionDivisor = union + margin, enclosingDivisor = enclosing + margin, empty = enclosing - union;
        if (!gradient.IsEmpty)
        {
            Axis(a[0], a[2], b[0], b[2], out double ocx, out double osx, out double ecx, out double esx);
            Axis(a[1], a[3], b[1], b[3], out double ocy, out double osy, out double ecy, out double esy);
            Derivative(gradient, 0, ocx * overlapY, 0, ecx * enclosingY);
            Derivative(gradient, 1, ocy * overlapX, 0, ecy * enclosingX);
            Derivative(gradient, 2, osx * overlapY, a[3], esx * enclosingY);
            Derivative(gradient, 3, osy * overlapX, a[2], esy * enclosingX);
        }

        return (intersection / unionDivisor) - (empty / enclosingDivisor);

        void Derivative(Span<double> target, int i, double dIntersection, double dArea, double dEnclosing)
        {
            double dUnion = dArea - dIntersection;
            target[i] = (((dIntersection * unionDivisor) - (intersection * dUnion)) / (unionDivisor * unionDivisor))
                - ((((dEnclosing - dUnion) * enclosingDivisor) - (empty * dEnclosing)) / (enclosingDivisor * enclosingDivisor));
        }
    }

    /// <summary>Corners of a box.</summary>
    /// <param name="box">Centre x and y, width and height.</param>
    public static (float X0, float Y0, float X1, float Y1) Corners(ReadOnlySpan<float> box)
        => (box[0] - (0.5f * box[2]), box[1] - (0.5f * box[3]), box[0] + (0.5f * box[2]), box[1] + (0.5f * box[3]));

    /// <summary>How long the overlap and the enclosing interval are along one axis.</summary>
    private static (double Overlap, double Enclosing) Lengths(double centre, double size, double otherCentre, double otherSize)
    {
        double low = centre - (size / 2), high = centre + (size / 2), otherLow = otherCentre - (otherSize / 2), otherHigh = otherCentre + (otherSize / 2);
        return (Math.Max(0, Math.Min(high, otherHigh) - Math.Max(low, otherLow)), Math.Max(high, otherHigh) - Math.Min(low, otherLow));
    }

    /// <summary>Derivatives of overlap and enclosing length along one axis by the box's centre and size.</summary>
    private static void Axis(
        double centre, double size, double otherCentre, double otherSize,
        out double overlapByCentre, out double overlapBySize, out double enclosingByCentre, out double enclosingBySize)
    {
        double low = centre - (size / 2), high = centre + (size / 2), otherLow = otherCentre - (otherSize / 2), otherHigh = otherCentre + (otherSize / 2);
        bool overlaps = Math.Min(high, otherHigh) > Math.Max(low, otherLow);
        double byHigh = overlaps && high < otherHigh ? 1 : 0, byLow = overlaps && low > otherLow ? -1 : 0;
        (overlapByCentre, overlapBySize) = (byHigh + byLow, (byHigh - byLow) / 2);
        (byHigh, byLow) = (high > otherHigh ? 1 : 0, low < otherLow ? -1 : 0);
        (enclosingByCentre, enclosingBySize) = (byHigh + byLow, (byHigh - byLow) / 2);
    }
}
