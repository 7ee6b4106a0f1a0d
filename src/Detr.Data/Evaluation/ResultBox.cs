namespace Detr.Data.Evaluation;

/// <summary>A box as COCO writes it, in pixels.</summary>
/// <param name="X">The left edge.</param>
/// <param name="Y">The upper edge.</param>
/// <param name="Width">From left to right.</param>
/// <param name="Height">From top to bottom.</param>
public readonly record struct ResultBox(double X, double Y, double Width, double Height)
{
    /// <summary>Width times height.</summary>
    public double Area => Width * Height;

    /// <summary>Intersection over union; over this box's own area where the other is a crowd.</summary>
    /// <param name="truth">The true box.</param>
    /// <param name="isCrowd">Whether it stands for a crowd.</param>
    public double IntersectionOverUnion(in ResultBox truth, bool isCrowd)
    {
        double width = Math.Min(X + Width, truth.X + truth.Width) - Math.Max(X, truth.X);
        double height = Math.Min(Y + Height, truth.Y + truth.Height) - Math.Max(Y, truth.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        double intersection = width * height;
        return intersection / (isCrowd ? Area : Area + truth.Area - intersection);
    }
}
