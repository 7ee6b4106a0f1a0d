using System.Numerics;

namespace Detr.Data;

/// <summary>One object of a generated scene; lengths are shares of the scene's side.</summary>
/// <param name="Kind">Its outline.</param>
/// <param name="Color">Its colour's place in <see cref="ShapesDataset.ColorNames"/>.</param>
/// <param name="Centre">Where its circumscribed circle has its centre.</param>
/// <param name="Radius">That circle's radius.</param>
/// <param name="Angle">Its turn, in radians.</param>
/// <param name="Shade">Moves its colour within its family, from −1 to 1.</param>
internal sealed record ShapeObject(ShapeKind Kind, int Color, Vector2 Centre, float Radius, float Angle, float Shade)
{
    private const float StarInnerRadius = 0.45f;

    internal int Category => ((int)Kind * ShapesDataset.ColorNames.Count) + Color;

    /// <summary>The outline's corners; of a circle, none.</summary>
    internal Vector2[] Corners()
    {
        int points = Kind switch { ShapeKind.Square => 4, ShapeKind.Triangle => 3, ShapeKind.Star => 10, _ => 0 };
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
}
