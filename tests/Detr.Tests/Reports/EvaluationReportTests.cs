using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Figures;
using Detr.Imaging;
using Detr.Reports;

namespace Detr.Tests.Reports;

/// <summary>Evaluations as folders and pages: whole, well formed, and the same numbers everywhere.</summary>
public sealed partial class EvaluationReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-report").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(91)]
    public void The_folder_is_whole_with_any_count_of_categories(int count)
    {
        ScoredEvaluation evaluation = Evaluation(count, pictures: 16);
        EvaluationReport.Write(_folder, "<b>", "a & b", evaluation);
        foreach (string name in new[] { "precision-recall.png", "thresholds.png", "confusion.png" })
        {
            Assert.True(ImageFile.Identify(Path.Combine(_folder, name)).Width >= 100);
        }

        string page = File.ReadAllText(Path.Combine(_folder, "report.html"));
        Assert.DoesNotContain("<odd", page, StringComparison.Ordinal);
        Assert.Contains("&lt;odd &amp; &quot;1&quot;&gt;", page, StringComparison.Ordinal);
        Assert.True(Svg().Count(page) >= 3);
        Assert.All(Svg().Matches(page), match => XElement.Parse(match.Value));
        Assert.Contains("data:image/jpeg;base64,", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=\"http", page, StringComparison.Ordinal);

        string[][] confusion = Csv("confusion.csv");
        Assert.Equal(count + 2, confusion.Length);
        for (int row = 0; row < count; row++)
        {
            Assert.Equal(evaluation.Summary.PerCategory[row + 1].Objects, confusion[row + 1][1..].Sum(text => int.Parse(text, CultureInfo.InvariantCulture)));
        }

        Assert.Equal(evaluation.Errors.Missed.Count + evaluation.Errors.Invented.Count + 1, Csv("errors.csv").Length);
        Assert.Equal((count + 1) * 101 + 1, Csv("thresholds.csv").Length);
        string[][] categories = Csv("categories.csv");
        int precision = Array.IndexOf(categories[0], "AP");
        Assert.Equal(evaluation.Summary.PerCategory[1].AP!.Value, double.Parse(categories[1][precision], CultureInfo.InvariantCulture), 1e-12);
    }

    [Fact]
    public void Without_ground_truth_the_page_says_so()
    {
        EvaluationSummary nothing = CocoEvaluator.Evaluate([], [new DetectionResult(1, 1, new ResultBox(0, 0, 5, 5), 0.5)], [1], [1]);
        ScoredEvaluation evaluation = new(nothing, [new Category(1, "cell")]);
        EvaluationReport.Write(_folder, "none", "", evaluation);
        string page = File.ReadAllText(Path.Combine(_folder, "report.html"));
        Assert.Contains("n/a: no ground truth", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", Hidden().Replace(page, string.Empty), StringComparison.Ordinal);
        Assert.DoesNotContain("-1", Visible(page), StringComparison.Ordinal);
        Assert.Contains("no ground truth", Assert.Single(EvaluationHints.For(evaluation)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1.0, 1, "1 too high")]
    [InlineData(-3, 1.0, 4, "3 too low")]
    [InlineData(0, 0.001, 1, "shares")]
    [InlineData(0, 3.0, 1, "[x, y, width, height]")]
    [InlineData(40, 1.0, 1, "no detection of these categories")]
    public void Zero_is_explained(int shift, double scale, int category, string hint)
    {
        TrueObject[] truth = [.. Enumerable.Range(0, 6).Select(i => new TrueObject(i, category, new ResultBox(50 + i, 60, 40, 40), 1600, IsCrowd: false))];
        DetectionResult[] found = [.. truth.Select(item => new DetectionResult(item.ImageId, category + shift, new ResultBox(item.Box.X * scale, item.Box.Y * scale, 40 * scale, 40 * scale), 0.9))];
        ScoredEvaluation evaluation = new(CocoEvaluator.Evaluate(truth, found, Enumerable.Range(0, 6).Select(id => (long)id), [1, 2, 3, 4, 5]), [.. Enumerable.Range(1, 5).Select(id => new Category(id, $"c{id}"))]);
        Assert.Equal(0, evaluation.Summary.AP);
        Assert.Contains(hint, Assert.Single(EvaluationHints.For(evaluation)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_good_evaluation_needs_no_hint() => Assert.Empty(EvaluationHints.For(Evaluation(3, 10)));

    [Fact]
    public void Boxes_have_the_colours_of_the_legend()
    {
        TrueObject found = new(1, 1, new ResultBox(10, 10, 30, 30), 900, IsCrowd: false), missed = found with { Box = new ResultBox(60, 60, 30, 30) };
        DetectionResult right = new(1, 1, new ResultBox(11, 11, 30, 30), 0.9), wrong = new(1, 1, new ResultBox(60, 10, 20, 20), 0.8);
        ScoredEvaluation evaluation = new(CocoEvaluator.Evaluate([found, missed], [right, wrong], [1], [1]), [new Category(1, "cell")], 0.5);
        SortedDetections sorted = evaluation.Sorted(1);
        Assert.Equal(([found], [missed], [right], [wrong]), (sorted.Found.ToArray(), sorted.Missed.ToArray(), sorted.Right.ToArray(), sorted.Wrong.ToArray()), Comparer());
        RgbImage figure = ErrorFigure.Draw(new RgbImage(100, 50), sorted, evaluation.NameOf, 200, evaluation.Errors.Missed[0]);
        Assert.Equal((200, 100), (figure.Width, figure.Height));
        byte[] pixels = figure.Pixels;
        Assert.All(ErrorFigure.Legend.Where(entry => entry.Meaning != "object, missed"), entry => Assert.Contains(entry.Color, pixels.Chunk(3).Select(pixel => new Rgb(pixel[0], pixel[1], pixel[2]))));

        static IEqualityComparer<(TrueObject[], TrueObject[], DetectionResult[], DetectionResult[])> Comparer() => EqualityComparer<(TrueObject[], TrueObject[], DetectionResult[], DetectionResult[])>.Create(
            (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2) && a.Item3.SequenceEqual(b.Item3) && a.Item4.SequenceEqual(b.Item4), _ => 0);
    }

    private static ScoredEvaluation Evaluation(int count, int pictures)
    {
        Random random = new(count);
        Category[] categories = [.. Enumerable.Range(1, count).Select(id => new Category(id, id == 1 ? "<odd & \"1\">" : $"a category with a name that is rather long, {id}"))];
        TrueObject[] truth = [.. Enumerable.Range(0, pictures * 6).Select(i => new TrueObject(i % pictures, 1 + (i % count), new ResultBox(random.Next(80), random.Next(60), 8 + random.Next(40), 8 + random.Next(40)), 400, IsCrowd: false))];
        DetectionResult[] found = [.. truth.Where(_ => random.Next(5) > 0).Select(item => new DetectionResult(item.ImageId, random.Next(6) == 0 ? 1 + random.Next(count) : item.CategoryId, item.Box with { X = item.Box.X + random.Next(9) }, random.NextDouble()))];
        return new ScoredEvaluation(CocoEvaluator.Evaluate(truth, found, Enumerable.Range(0, pictures).Select(id => (long)id), categories.Select(category => category.Id)), categories)
        {
            Picture = id => id == 3 ? null : new RgbImage(120, 100),
            PictureName = id => $"<odd & \"1\">{id}.png",
        };
    }

    private static string Visible(string page) => Markup().Replace(Hidden().Replace(page, string.Empty), " ");

    private string[][] Csv(string name) => [.. File.ReadLines(Path.Combine(_folder, name)).Select(line => Field().Matches(line).Select(match => match.Value).ToArray())];

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();

    [GeneratedRegex("<(?<name>style|script)>.*?</\\k<name>>", RegexOptions.Singleline)]
    private static partial Regex Hidden();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Markup();

    /// <summary>A field of a line that has no empty first field: in quotation marks, or without commas.</summary>
    [GeneratedRegex("(?<=^|,)(?:\"(?:[^\"]|\"\")*\"|[^,\"]*)")]
    private static partial Regex Field();
}
