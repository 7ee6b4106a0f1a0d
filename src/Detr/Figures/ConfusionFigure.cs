using System.Globalization;
using System.Net;
using System.Text;
using Detr.Data.Evaluation;
using Detr.Imaging;

namespace Detr.Figures;

/// <summary>A confusion matrix as a picture, in pixels and as SVG: the stronger a cell's colour, the larger its share of the row.</summary>
public static class ConfusionFigure
{
    private const int LongestName = 24;
    private const int LongestNameOfMany = 18;

    // Cells up to this size have no room for numbers.
    private const int ManyCells = 11;
    private const float CharacterWidth = 6.4f;
    private const float TextSize = 11;
    private const float Gap = 8;
    private static readonly Rgb Good = new(47, 111, 219);
    private static readonly Rgb Bad = new(214, 84, 30);
    private static readonly Rgb Ink = new(40, 44, 52);
    private static readonly Rgb Line = new(226, 229, 234);

    /// <summary>Draws the matrix; columns are numbered as the rows are.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="nameOf">What a category is called.</param>
    public static RgbImage Draw(ConfusionMatrix matrix, Func<int, string> nameOf)
    {
        string[] names = [.. Names(matrix, nameOf).Select((name, i) => $"{Short(name, matrix)}  {i + 1}")];
        int cell = CellSize(matrix), size = matrix.Background + 1;
        bool hasNumbers = HasNumbers(matrix, cell);
        float left = names.Max(name => Canvas.MeasureText(name, TextSize).Width) + (2 * Gap), top = 44;
        Canvas canvas = new(new RgbImage((int)left + (cell * size) + 16, (int)top + (cell * size) + 16));
        canvas.Clear(Rgb.White);
        canvas.DrawText(Gap, 6, "Rows: what it is. Columns: what it was taken for.", TextSize + 1, Ink);
        for (int i = 0; i < size; i++)
        {
            string number = (i + 1).ToString(CultureInfo.InvariantCulture);
            (float width, float height) = Canvas.MeasureText(names[i], TextSize);
            canvas.DrawText(left - Gap - width, top + ((i + 0.5f) * cell) - (height / 2), names[i], TextSize, Ink);
            (width, height) = Canvas.MeasureText(number, TextSize);
            if (cell > ManyCells || i % 5 == 4)
            {
                canvas.DrawText(left + ((i + 0.5f) * cell) - (width / 2), top - height, number, TextSize, Ink);
            }
        }

        canvas.DrawRectangle(left - 1, top - 1, left + (size * cell) + 1, top + (size * cell) + 1, Line, 1);
        foreach ((int row, int column, int count, double share) in Cells(matrix))
        {
            (float x, float y) = (left + (column * cell), top + (row * cell));
            Rgb color = Rgb.White.Mix(row == column ? Good : Bad, (float)Strength(share));
            canvas.FillRectangle(x, y, x + cell - 1, y + cell - 1, color);
            if (hasNumbers)
            {
                string text = count.ToString(CultureInfo.InvariantCulture);
                (float width, float height) = Canvas.MeasureText(text, TextSize);
                canvas.DrawText(x + ((cell - width) / 2), y + ((cell - height) / 2), text, TextSize, color.ReadableInk);
            }
        }

        return canvas.Image;
    }

    /// <summary>The matrix as an SVG element whose colours are the page's <c>--good</c> and <c>--bad</c>; each cell says what it counts.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="nameOf">What a category is called.</param>
    /// <returns>Markup with every text encoded.</returns>
    public static string ToSvg(ConfusionMatrix matrix, Func<int, string> nameOf)
    {
        string[] names = [.. Names(matrix, nameOf)];
        int cell = CellSize(matrix), size = matrix.Background + 1;
        bool hasNumbers = HasNumbers(matrix, cell);
        double labels = (names.Max(name => Short(name, matrix).Length) * CharacterWidth) + 14, left = labels + 18, top = labels + 20;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg width=\"{left + (size * cell) + 12:0}\" height=\"{top + (size * cell) + 12:0}\" role=\"img\" aria-label=\"Confusion matrix\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis-name\" x=\"{left + (size * cell / 2.0):0}\" y=\"13\" text-anchor=\"middle\">taken for</text><text class=\"axis-name\" transform=\"translate(13 {top + (size * cell / 2.0):0}) rotate(-90)\" text-anchor=\"middle\">is</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"ground\" x=\"{left - 1:0.#}\" y=\"{top - 1:0.#}\" width=\"{(size * cell) + 1}\" height=\"{(size * cell) + 1}\"/>");
        for (int i = 0; i < size; i++)
        {
            double middle = (i + 0.5) * cell;
            string name = WebUtility.HtmlEncode(Short(names[i], matrix)), whole = WebUtility.HtmlEncode(names[i]);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left - 7:0.#}\" y=\"{top + middle + 4:0.#}\" text-anchor=\"end\">{name}<title>{whole}</title></text><text transform=\"translate({left + middle + 4:0.#} {top - 7:0.#}) rotate(-90)\">{name}<title>{whole}</title></text>");
        }

        foreach ((int row, int column, int count, double share) in Cells(matrix))
        {
            string about = WebUtility.HtmlEncode(About(names, matrix.Background, row, column));
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left + (column * cell):0.#}\" y=\"{top + (row * cell):0.#}\" width=\"{cell - 1}\" height=\"{cell - 1}\" fill=\"rgba(var(--{(row == column ? "good" : "bad")}),{Strength(share):0.##})\"><title>{about}: {count} ({share:P0})</title></rect>");
            if (hasNumbers)
            {
                string ink = Strength(share) > 0.6 ? " style=\"fill:#fff\"" : string.Empty;
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + ((column + 0.5) * cell) - 0.5:0.#}\" y=\"{top + ((row + 0.5) * cell) + 3.5:0.#}\" text-anchor=\"middle\" pointer-events=\"none\"{ink}>{count}</text>");
            }
        }

        return svg.Append("</svg>").ToString();
    }

    private static int CellSize(ConfusionMatrix matrix) => matrix.Background switch { <= 14 => 40, <= 30 => 26, <= 50 => 18, _ => 11 };

    /// <summary>Numbers stand in all cells or in none: those that fit would seem to be the large ones.</summary>
    private static bool HasNumbers(ConfusionMatrix matrix, int cell)
        => cell > ManyCells && Cells(matrix).Select(entry => entry.Count).DefaultIfEmpty().Max().ToString(CultureInfo.InvariantCulture).Length * CharacterWidth <= cell - 2;

    private static IEnumerable<string> Names(ConfusionMatrix matrix, Func<int, string> nameOf) => matrix.CategoryIds.Select(nameOf).Append("background");

    private static string Short(string name, ConfusionMatrix matrix) => ErrorFigure.Shortened(name, CellSize(matrix) > ManyCells ? LongestName : LongestNameOfMany);

    private static string About(string[] names, int background, int row, int column)
        => row == background ? $"{names[column]} found where nothing is"
        : column == background ? $"{names[row]} missed"
        : row == column ? $"{names[row]} found"
        : $"{names[row]} taken for {names[column]}";

    /// <summary>Even a small share can be seen.</summary>
    private static double Strength(double share) => 0.1 + (0.9 * share);

    private static IEnumerable<(int Row, int Column, int Count, double Share)> Cells(ConfusionMatrix matrix)
    {
        for (int row = 0; row <= matrix.Background; row++)
        {
            int sum = matrix.RowSum(row);
            for (int column = 0; column <= matrix.Background; column++)
            {
                if (matrix[row, column] is var count and > 0)
                {
                    yield return (row, column, count, (double)count / sum);
                }
            }
        }
    }
}
