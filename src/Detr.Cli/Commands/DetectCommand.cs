using System.CommandLine;
using System.Diagnostics;
using Detr.Figures;
using Detr.Imaging;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr detect</c>: objects in pictures.</summary>
internal static class DetectCommand
{
    internal static Command Create()
    {
        Argument<string[]> inputs = new("input") { Description = "Pictures: files, folders, or patterns such as photos/*.jpg. JPEG, PNG, BMP and PPM.", Arity = ArgumentArity.OneOrMore };
        Option<FileInfo> weights = new("--weights") { Description = "The model: a file that detr train wrote.", Required = true };
        Option<float> threshold = new("--threshold") { Description = "The least score, from 0 to 1; 0 keeps every query's detection, in query order.", DefaultValueFactory = _ => 0.7f };
        Option<int> size = new("--size") { Description = "The shorter side that pictures are brought to; best what the model was trained on.", DefaultValueFactory = _ => 800 };
        Option<int> maximum = new("--max-size") { Description = "The longer side's limit.", DefaultValueFactory = _ => 1333 };
        Option<int?> threads = new("--threads") { Description = "Threads; all processors unless given." };
        Option<string?> json = new("--json") { Description = "Writes the detections as JSON to this file; - for standard output, where then nothing else is printed." };
        Option<DirectoryInfo?> output = new("--out") { Description = "A folder for the pictures with boxes drawn." };
        Command command = new("detect", "Finds objects in pictures.") { inputs, weights, threshold, size, maximum, threads, json, output };
        command.SetAction((parsed, cancellation) =>
        {
            float least = parsed.GetValue(threshold);
            if (!(least is >= 0 and <= 1))
            {
                throw new InputException($"--threshold {least} is not a number from 0 to 1.");
            }

            if (parsed.GetValue(size) < 1 || parsed.GetValue(maximum) < parsed.GetValue(size) || parsed.GetValue(threads) < 1)
            {
                throw new InputException("--size and --threads are at least 1, and --max-size is not below --size.");
            }

            IReadOnlyList<string> files = InputFiles.Expand(parsed.GetRequiredValue(inputs));
            using Detector detector = Detector.Load(parsed.GetRequiredValue(weights).FullName, new DetectorOptions
            {
                Size = parsed.GetValue(size), MaximumSize = parsed.GetValue(maximum), Threads = parsed.GetValue(threads),
            });
            string? target = parsed.GetValue(json);
            List<PictureResult> results = [];
            foreach (string file in files)
            {
                results.Add(Detect(detector, file, least, parsed.GetValue(output)?.FullName, cancellation));
                if (target != "-")
                {
                    Print(results[^1]);
                }
            }

            if (target is not null)
            {
                DetectionJson.Write(target, results);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static PictureResult Detect(Detector detector, string file, float threshold, string? folder, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        RgbImage image = ImageFile.Read(file);
        double decode = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        IReadOnlyList<Detection> detections = detector.Detect(image, threshold, cancellation);
        double detect = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            PngEncoder.Write(DetectionFigure.Draw(image, detections), Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(file)}.png"));
        }

        return new PictureResult(file, image.Width, image.Height, detections, decode, detect);
    }

    private static void Print(PictureResult result)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{result.File}[/] {result.Width} × {result.Height}, {result.Detections.Count} objects, {result.DetectMilliseconds:F0} ms");
        foreach (Detection detection in result.Detections)
        {
            AnsiConsole.MarkupLineInterpolated($"  {detection.Label} {detection.Score:F2} at {detection.X0:F0}, {detection.Y0:F0}, {detection.X1:F0}, {detection.Y1:F0}");
        }
    }
}
