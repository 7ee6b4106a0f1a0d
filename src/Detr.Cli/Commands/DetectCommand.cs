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
        Option<string?> weights = Weights.CreateOption();
        Option<float> threshold = new("--threshold") { Description = "The least score, from 0 to 1; 0 keeps every query's detection, in query order.", DefaultValueFactory = _ => 0.7f };
        ResizeArguments resize = new();
        Option<int?> threads = new("--threads") { Description = "Threads; all processors unless given." };
        Option<string?> json = JsonTarget.CreateOption();
        Option<DirectoryInfo?> output = new("--out") { Description = "A folder for the pictures with boxes drawn." };
        Command command = new DocumentedCommand("detect", "Finds objects in pictures.")
        {
            Arguments = { inputs },
            Options = { weights, threshold, output, json, resize.Size, resize.MaximumSize, threads },
            Examples =
            [
                ("what is in a photo, by the published model", "detect street.jpg"),
                ("a folder, with boxes drawn into copies under found/", "detect photos --out found"),
                ("only what is certain, as JSON for another program", "detect photos/*.jpg --threshold 0.9 --json -"),
                ("a model of one's own", "detect scenes --weights runs/shapes/model.safetensors"),
            ],
            Notes =
            [
                Weights.Note,
                "A picture that cannot be read is named on standard error; the others are done, and the exit code is 1.",
            ],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            float least = parsed.GetValue(threshold);
            if (!(least is >= 0 and <= 1))
            {
                throw new InputException($"--threshold {least} is not a number from 0 to 1.");
            }

            if (parsed.GetValue(threads) < 1)
            {
                throw new InputException("--threads is at least 1.");
            }

            (int? size, int? maximum) = resize.Read(parsed);
            string? target = parsed.GetValue(json);
            IReadOnlyList<string> files = InputFiles.Expand(parsed.GetRequiredValue(inputs));
            JsonTarget.Prepare(target);
            PictureFolder? folder = parsed.GetValue(output) is { } directory ? new PictureFolder(directory.FullName) : null;
            string path = await Weights.ResolveAsync(parsed.GetValue(weights), cancellation).ConfigureAwait(false);
            using Detector detector = Detector.Load(path, new DetectorOptions { Size = size, MaximumSize = maximum, Threads = parsed.GetValue(threads) });
            List<PictureResult> results = [];
            foreach (string file in files)
            {
                if (Read(file) is not { } picture)
                {
                    continue;
                }

                results.Add(Detect(detector, file, picture, least, folder, cancellation));
                if (target != JsonTarget.StandardOutput)
                {
                    Print(results[^1]);
                }
            }

            if (target is not null)
            {
                JsonTarget.Write(target, writer => DetectionJson.Write(writer, results));
            }

            return results.Count == files.Count ? 0 : 1;
        });
        return command;
    }

    /// <summary>Reads a picture; null when it cannot be read, after saying why, so that the others still have their turn.</summary>
    private static (RgbImage Image, double Milliseconds)? Read(string file)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return (ImageFile.Read(file), Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message.Contains(file, StringComparison.Ordinal) ? error.Message : $"{file}: {error.Message}");
            return null;
        }
    }

    private static PictureResult Detect(
        Detector detector, string file, (RgbImage Image, double Milliseconds) picture, float threshold, PictureFolder? folder, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<Detection> detections = detector.Detect(picture.Image, threshold, cancellation);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        folder?.Write(DetectionFigure.Draw(picture.Image, detections), file);
        return new PictureResult(file, picture.Image.Width, picture.Image.Height, detections, picture.Milliseconds, milliseconds);
    }

    private static void Print(PictureResult result)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{result.File}[/] {result.Width} × {result.Height}, {result.Detections.Count} {(result.Detections.Count == 1 ? "object" : "objects")}, {result.DetectMilliseconds:F0} ms");
        foreach (Detection detection in result.Detections)
        {
            AnsiConsole.MarkupLineInterpolated($"  {detection.Label} {detection.Score:F2} at {detection.X0:F0}, {detection.Y0:F0}, {detection.X1:F0}, {detection.Y1:F0}");
        }
    }
}
