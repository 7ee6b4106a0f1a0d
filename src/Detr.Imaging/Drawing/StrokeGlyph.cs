using System.Globalization;
using System.Numerics;

namespace Detr.Imaging;

/// <summary>One character of the stroke font: how far it moves the pen, and the lines the pen draws.</summary>
/// <param name="Advance">From this character's origin to the next one's, in font units.</param>
/// <param name="Strokes">Polylines in font units, y upwards from the baseline; curves are flattened.</param>
internal sealed record StrokeGlyph(float Advance, Vector2[][] Strokes)
{
    private const int CurveSteps = 8;

    private static Vector2 DotReach => new(0.25f, 0.25f);

    /// <summary>Reads a glyph from its written form.</summary>
    /// <param name="advance">How far the pen moves on.</param>
    /// <param name="path">
    /// Commands, separated by blanks, each a letter and a point <c>x,y</c>: <c>M</c> lift the pen and move; <c>L</c> line;
    /// <c>H</c> a quarter of an ellipse that leaves horizontally and arrives vertically; <c>V</c> one that leaves
    /// vertically and arrives horizontally; <c>Q</c> a parabola, its control point first, then <c>T</c> and its end;
    /// <c>D</c> a dot, a little larger than the pen.
    /// </param>
    public static StrokeGlyph Parse(float advance, string path)
    {
        List<Vector2[]> strokes = [];
        List<Vector2> points = [];
        Vector2 control = default;
        foreach (string command in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int comma = command.IndexOf(',', StringComparison.Ordinal);
            Vector2 end = new(
                float.Parse(command.AsSpan(1, comma - 1), CultureInfo.InvariantCulture),
                float.Parse(command.AsSpan(comma + 1), CultureInfo.InvariantCulture));
            switch (command[0])
            {
                case 'M':
                    Lift(strokes, points);
                    points.Add(end);
                    break;
                case 'L':
                    points.Add(end);
                    break;
                case 'H':
                    AddQuarter(points, end, horizontalFirst: true);
                    break;
                case 'V':
                    AddQuarter(points, end, horizontalFirst: false);
                    break;
                case 'Q':
                    control = end;
                    break;
                case 'T':
                    AddParabola(points, control, end);
                    break;
                case 'D':
                    Lift(strokes, points);
                    strokes.Add([end - DotReach, end + new Vector2(DotReach.X, -DotReach.Y), end + DotReach]);
                    break;
                default:
                    throw new FormatException($"'{command}' is not a command of the stroke font.");
            }
        }

        Lift(strokes, points);
        return new(advance, [.. strokes]);
    }

    private static void Lift(List<Vector2[]> strokes, List<Vector2> points)
    {
        if (points.Count > 0)
        {
            strokes.Add([.. points]);
            points.Clear();
        }
    }

    private static void AddQuarter(List<Vector2> points, Vector2 end, bool horizontalFirst)
    {
        Vector2 start = points[^1];
        for (int i = 1; i <= CurveSteps; i++)
        {
            (float sin, float cos) = MathF.SinCos(MathF.PI / 2 * i / CurveSteps);
            Vector2 share = horizontalFirst ? new(sin, 1 - cos) : new(1 - cos, sin);
            points.Add(start + (end - start) * share);
        }
    }

    private static void AddParabola(List<Vector2> points, Vector2 control, Vector2 end)
    {
        Vector2 start = points[^1];
        for (int i = 1; i <= CurveSteps; i++)
        {
            float t = (float)i / CurveSteps;
            points.Add(Vector2.Lerp(Vector2.Lerp(start, control, t), Vector2.Lerp(control, end, t), t));
        }
    }
}
