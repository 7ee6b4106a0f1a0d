using System.CommandLine;
using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Reports;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr demo</c>: what a newcomer runs first.</summary>
internal static class DemoCommand
{
    private const int SceneSize = 512;

    internal static Command Create()
    {
        Option<DirectoryInfo> output = new("--out") { Description = "The folder for the pictures and the report.", DefaultValueFactory = _ => new DirectoryInfo("demo") };
        Option<ulong> seed = new("--seed") { Description = "Which scene.", DefaultValueFactory = _ => 2026 };
        Option<float> threshold = new("--threshold") { Description = "The least score of a detection, from 0 to 1.", DefaultValueFactory = _ => DetectRequest.DefaultThreshold };
        Command command = new DocumentedCommand("demo", "Detects objects in a generated scene with the model that comes along, and shows what each query looks at.")
        {
            Options = { output, seed, threshold },
            Examples =
            [
                ("then open demo/report.html", "demo"),
                ("another scene, and what the model is less sure of", "demo --seed 7 --threshold 0.3 --out demo7"),
            ],
            Notes = ["Needs no network. Writes scene.png, detections.png, one query-N-relevance.png an object, figures of attention, and report.html, on which every map can be laid over the scene."],
        };
        command.SetAction((parsed, cancellation) =>
        {
            float least = ThresholdOption.Read(parsed, threshold);

            Run(parsed.GetRequiredValue(output).FullName, parsed.GetValue(seed), least, cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Run(string folder, ulong seed, float threshold, CancellationToken cancellation)
    {
        OutputFolder.Create(folder);
        RgbImage scene = new ShapesDataset(1, seed, new ShapesOptions { Size = SceneSize, FewestObjects = 5 }).Load(0);
        using Detector detector = Detector.Load(ShippedModel.Path);
        Explanation explanation = detector.Explain(scene, new ExplainRequest { Threshold = threshold }, heads: null, cancellation);
        Detection[] detections = [.. explanation.Detections.Where(detection => detection.Score >= threshold).OrderByDescending(detection => detection.Score)];

        PngFile.Write(scene, Path.Combine(folder, "scene.png"));
        PngFile.Write(DetectionFigure.Draw(scene, detections), Path.Combine(folder, "detections.png"));
        MapPlacement placement = MapPlacement.Of(detector.Model.Options, scene.Width, scene.Height);
        Html lead = Html.Of($"A scene the model has never met. Each of its object queries answers with one object or with none; there are no anchors, and nothing is filtered afterwards but the score.");
        ExplanationFolder.Write(folder, "What DETR sees", scene, detector, explanation, placement, lead: lead, cancellationToken: cancellation);
        Print(detections);
        AnsiConsole.MarkupLineInterpolated($"Open {Path.Combine(folder, "report.html")} to see what each object query looked at.");
    }

    private static void Print(Detection[] detections)
    {
        Table table = new Table().AddColumn("query").AddColumn("object").AddColumn(new TableColumn("score").RightAligned()).AddColumn("box (x0, y0, x1, y1)");
        foreach (Detection detection in detections)
        {
            table.AddRow(
                FormattableString.Invariant($"{detection.Query}"), Markup.Escape(detection.Label), FormattableString.Invariant($"{detection.Score:F2}"),
                FormattableString.Invariant($"{detection.X0:F0}, {detection.Y0:F0}, {detection.X1:F0}, {detection.Y1:F0}"));
        }

        AnsiConsole.Write(table);
    }
}
