using System.Globalization;

namespace Detr.Data;

/// <summary>
/// A picture's labels in YOLO's format: a line an object, <c>class cx cy width height</c> in shares of the picture, or
/// <c>class x y x y x y …</c>, a polygon, of which the box around it is taken.
/// </summary>
internal static class YoloLabels
{
    private const int BoxFields = 5;
    private const int LeastPolygonFields = 7;

    // Shares end at 1; a box drawn over the edge comes a little beyond, and pixels are far beyond.
    private const float LargestShare = 2;

    /// <summary>Reads labels. What cannot be understood is left out and named.</summary>
    /// <param name="lines">The lines of the file.</param>
    /// <param name="name">What defects call the file.</param>
    /// <param name="width">Pixels in a row of the upright picture.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="categories">The classes.</param>
    /// <param name="keypointValues">How many numbers of keypoints follow each box.</param>
    /// <param name="defects">Gets what is wrong.</param>
    internal static List<ObjectAnnotation> Read(
        IEnumerable<string> lines, string name, int width, int height, IReadOnlyList<Category> categories, int keypointValues, List<DatasetDefect> defects)
    {
        List<ObjectAnnotation> objects = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
            {
                continue;
            }

            (DefectKind kind, string? wrong) = Read(fields, width, height, categories, keypointValues, out ObjectAnnotation? item);
            if (wrong is null)
            {
                objects.Add(item! with { Id = number });
            }
            else
            {
                defects.Add(new DatasetDefect(kind, name, $"line {number} of {name} {wrong}"));
            }
        }

        return objects;
    }

    private static (DefectKind Kind, string? Wrong) Read(
        string[] fields, int width, int height, IReadOnlyList<Category> categories, int keypointValues, out ObjectAnnotation? item)
    {
        item = null;
        bool isBox = keypointValues > 0 || fields.Length == BoxFields;
        if (keypointValues > 0 ? fields.Length != BoxFields + keypointValues : !isBox && (fields.Length < LeastPolygonFields || fields.Length % 2 == 0))
        {
            return (DefectKind.UnreadableAnnotation, fields.Length == BoxFields + 1 && keypointValues == 0
                ? "has 6 values, as predictions with their confidence have; a label is class, centre and size, five values"
                : $"has {fields.Length} values; a label is class, centre and size, five values, or a class and a polygon of at least three points");
        }

        float[] values = new float[isBox ? BoxFields : fields.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
            {
                return (DefectKind.UnreadableAnnotation, $"has '{Shortened(fields[i])}' where a number should be");
            }
        }

        int category = Index(categories, values[0]);
        if (category < 0)
        {
            return (DefectKind.UnknownCategory, $"is of class {Shortened(fields[0])}, but the names go from {categories[0].Id} to {categories[^1].Id}; YOLO counts classes from 0");
        }

        ReadOnlySpan<float> shares = values.AsSpan(1);
        foreach (float share in shares)
        {
            if (MathF.Abs(share) > LargestShare)
            {
                return (DefectKind.UnreadableAnnotation, $"has {share} where a share of the picture from 0 to 1 should be; are these pixels?");
            }
        }

        item = isBox ? Box(category, shares, width, height) : Polygon(category, shares, width, height);
        return default;
    }

    private static ObjectAnnotation Box(int category, ReadOnlySpan<float> box, int width, int height) => new(
        category, (box[0] - (box[2] / 2)) * width, (box[1] - (box[3] / 2)) * height, (box[0] + (box[2] / 2)) * width, (box[1] + (box[3] / 2)) * height);

    /// <summary>The box around a polygon, with the polygon's own area (the shoelace formula).</summary>
    private static ObjectAnnotation Polygon(int category, ReadOnlySpan<float> points, int width, int height)
    {
        (float x0, float y0, float x1, float y1, double doubled) = (float.PositiveInfinity, float.PositiveInfinity, float.NegativeInfinity, float.NegativeInfinity, 0);
        for (int i = 0; i < points.Length; i += 2)
        {
            (float x, float y) = (points[i] * width, points[i + 1] * height);
            int next = (i + 2) % points.Length;
            doubled += ((double)x * points[next + 1] * height) - ((double)points[next] * width * y);
            (x0, y0, x1, y1) = (MathF.Min(x0, x), MathF.Min(y0, y), MathF.Max(x1, x), MathF.Max(y1, y));
        }

        return new ObjectAnnotation(category, x0, y0, x1, y1) { Area = (float)(Math.Abs(doubled) / 2) };
    }

    private static int Index(IReadOnlyList<Category> categories, float id)
    {
        for (int i = 0; i < categories.Count; i++)
        {
            if (categories[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }

    private static string Shortened(string text) => text.Length <= 20 ? text : $"{text.AsSpan(0, 20)}…";
}
