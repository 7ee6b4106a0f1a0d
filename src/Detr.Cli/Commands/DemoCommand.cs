using System.CommandLine;
using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
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
        Option<float> threshold = new("--threshold") { Description = "The least score of a detection, from 0 to 1.", DefaultValueFactory = _ => 0.7f };
        Command command = new DocumentedCommand("demo", "Detects objects in a generated scene with the model that comes along, and shows what each query looks at.")
        {
            Options = { output, seed, threshold },
            Examples =
            [
                ("then open demo/report.html", "demo"),
                ("another scene, and what the model is less sure of", "demo --seed 7 --threshold 0.3 --out demo7"),
            ],
            Notes = ["Needs no network. Writes scene.png, detections.png, one attention-query-N.png an object, and report.html, which shows them together."],
        };
        command.SetAction((parsed, cancellation) =>
        {
            float least = parsed.GetValue(threshold);
            if (!(least is >= 0 and <= 1))
            {
                throw new InputException($"--threshold {least} is not a number from 0 to 1.");
            }

            Run(parsed.GetRequiredValue(output).FullName, parsed.GetValue(seed), least, cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Run(string folder, ulong seed, float threshold, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        RgbImage scene = new ShapesDataset(1, seed, new ShapesOptions { Size = SceneSize, FewestObjects = 5 }).Load(0);
        using Detector detector = Detector.Load(Path.Combine(AppContext.BaseDirectory, "Assets", "shapes.safetensors"));
        AttentionPlace lastCross = new(AttentionKind.DecoderCross, detector.Model.Options.Transformer.DecoderLayers - 1);
        AttentionCapture capture = new(place => place == lastCross);
        IReadOnlyList<Detection> detections = [.. detector.Detect(scene, threshold, capture, cancellation)];

        PngFile.Write(scene, Path.Combine(folder, "scene.png"));
        PngFile.Write(DetectionFigure.Draw(scene, detections), Path.Combine(folder, "detections.png"));
        AttentionMap map = capture.Mean(lastCross);
        MapPlacement placement = MapPlacement.Of(detector.Model.Options, scene.Width, scene.Height);
        List<(Detection Detection, RgbImage Figure)> attention = [];
        foreach (Detection detection in detections)
        {
            RgbImage figure = MapFigure.Draw(scene, placement, detection, map.Row(detection.Query), new MapDescription("decoder cross-attention", lastCross.Layer));
            PngFile.Write(figure, Path.Combine(folder, $"attention-query-{detection.Query}.png"));
            attention.Add((detection, figure));
        }

        string report = Path.Combine(folder, "report.html");
        DemoReport.Write(report, DetectionFigure.Draw(scene, detections), attention);
        Print(detections);
        AnsiConsole.MarkupLineInterpolated($"Open {report} to see what each object query looked at.");
    }

    private static void Print(IReadOnlyList<Detection> detections)
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
