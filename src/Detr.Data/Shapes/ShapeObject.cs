using System.Numerics;

namespace Detr.Data;

/// <summary>One object of a generated scene; lengths are shares of the scene's side.</summary>
/// <param name="Kind">Its outline.</param>
/// <param name="Color">Its colour's place among those of the scene's variant.</param>
/// <param name="Centre">Where its circumscribed circle has its centre.</param>
/// <param name="Radius">That circle's radius.</param>
/// <param name="Angle">Its turn, in radians.</param>
/// <param name="Shade">Moves its colour within its family, from −1 to 1.</param>
internal sealed record ShapeObject(ShapeKind Kind, int Color, Vector2 Centre, float Radius, float Angle, float Shade)
{
    private const float StarInnerRadius = 0.45f;
    private const float CrossHalfWidth = 0.3f;

    // Corners in a circle of radius 1, for outlines that are not regular.
    private static readonly Vector2[] Cross = MadeOfQuarters(new(0.95f, CrossHalfWidth), new(CrossHalfWidth, CrossHalfWidth), new(CrossHalfWidth, 0.95f));
    private static readonly Vector2[] Arrow = [new(1, 0), new(0.1f, 0.8f), new(0.1f, 0.3f), new(-0.95f, 0.3f), new(-0.95f, -0.3f), new(0.1f, -0.3f), new(0.1f, -0.8f)];
    private static readonly Vector2[] Diamond = [new(1, 0), new(0, 0.5f), new(-1, 0), new(0, -0.5f)];

    /// <summary>The outline's corners; of a circle, none.</summary>
    internal Vector2[] Corners()
    {
        (float turnSine, float turnCosine) = MathF.SinCos(Angle);
        Vector2[]? outline = Kind switch { ShapeKind.Cross => Cross, ShapeKind.Arrow => Arrow, ShapeKind.Diamond => Diamond, _ => null };
        if (outline is not null)
        {
            return Array.ConvertAll(outline, corner => Centre + (Radius * new Vector2((corner.X * turnCosine) - (corner.Y * turnSine), (corner.X * turnSine) + (corner.Y * turnCosine))));
        }

        int points = Kind switch { ShapeKind.Square => 4, ShapeKind.Triangle => 3, ShapeKind.Star => 10, ShapeKind.Hexagon => 6, _ => 0 };
        Vector2[] corners = new Vector2[points];
        for (int i = 0; i < points; i++)
        {
            float radius = Kind == ShapeKind.Star && i % 2 == 1 ? Radius * StarInnerRadius : Radius;
            (float sine, float cosine) = MathF.SinCos(Angle + (2 * MathF.PI * i / points));
            corners[i] = Centre + new Vector2(radius * cosine, radius * sine);
        }

        return corners;
    }

    /// <summary>The smallest box around the outline, clipped to the scene.</summary>
    internal (Vector2 Low, Vector2 High) Bounds()
    {
        Vector2 low = Centre - new Vector2(Radius), high = Centre + new Vector2(Radius);
        Vector2[] corners = Corners();
        if (corners.Length > 0)
        {
            low = corners.Aggregate(Vector2.Min);
            high = corners.Aggregate(Vector2.Max);
        }

        return (Vector2.Clamp(low, Vector2.Zero, Vector2.One), Vector2.Clamp(high, Vector2.Zero, Vector2.One));
    }

    /// <summary>The outline's area.</summary>
    internal float Area()
    {
        if (Kind == ShapeKind.Circle)
        {
            return MathF.PI * Radius * Radius;
        }

        Vector2[] corners = Corners();
        float twice = 0;
        for (int i = 0; i < corners.Length; i++)
        {
            Vector2 a = corners[i], b = corners[(i + 1) % corners.Length];
            twice += (a.X * b.Y) - (b.X * a.Y);
        }

        return MathF.Abs(twice) / 2;
    }

    /// <summary>An outline that is the same after a quarter turn.</summary>
    private static Vector2[] MadeOfQuarters(params ReadOnlySpan<Vector2> quarter)
    {
        List<Vector2> corners = [.. quarter];
        while (corners.Count < 4 * quarter.Length)
        {
            Vector2 corner = corners[^quarter.Length];
            corners.Add(new Vector2(-corner.Y, corner.X));
        }

        return [.. corners];
    }
}
