using System.CommandLine;
using System.Diagnostics;
using Detr.Figures;
using Detr.Imaging;

namespace Detr.Cli.Commands;

/// <summary><c>detr detect</c>: objects in pictures.</summary>
internal static class DetectCommand
{
    internal static Command Create(StageClock clock)
    {
        Option<float> threshold = new("--threshold") { Description = "The least score, from 0 to 1; 0 keeps every query's detection, in query order.", DefaultValueFactory = _ => DetectRequest.DefaultThreshold };
        PicturesArguments pictures = new("input", Weights.CreateOption(), threshold, "A folder for the pictures with boxes drawn.");
        Option<bool> timings = new("--timings") { Description = "Says on standard error where the time of the whole process went." };
        Command command = new DocumentedCommand("detect", "Finds objects in pictures.")
        {
            Examples =
            [
                ("what is in a photo, by the published model", "detect street.jpg"),
                ("a folder, with boxes drawn into copies under found/", "detect photos --out found"),
                ("only what is certain, as JSON for another program", "detect photos/*.jpg --threshold 0.9 --json -"),
                ("a model of one's own", "detect scenes --weights runs/shapes/model.safetensors"),
            ],
            Notes = [Weights.Note, PicturesArguments.UnreadableNote],
        };
        pictures.AddTo(command);
        command.Add(timings);
        command.SetAction(async (parsed, cancellation) =>
        {
            PicturesRequest request = pictures.Read(parsed);
            PictureFolder? folder = request.Output is { } directory ? new PictureFolder(directory) : null;
            string path = await pictures.ModelAsync(parsed, cancellation).ConfigureAwait(false);
            clock.End("command");
            PictureReader reader = new(request.Files, request.ReadsAhead);
            using Detector detector = Detector.Load(path, request.Detector);
            clock.End("load");

            // What fails here fails in the first picture's pass, too, and is told there.
            Task warm = request.ReadsAhead ? Task.Run(() => detector.WarmUp(cancellation), CancellationToken.None) : Task.CompletedTask;
            List<PictureResult> results = [];
            try
            {
                await foreach ((string file, RgbImage image, double decode) in reader.ReadableAsync().ConfigureAwait(false))
                {
                    clock.End("decode");
                    results.Add(Detect(detector, file, image, decode, request.Threshold, folder, clock, cancellation));
                    if (request.Prints)
                    {
                        DetectionText.Print(results[^1]);
                    }

                    clock.End("write");
                }
            }
            finally
            {
                await warm.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (request.Json is { } target)
            {
                JsonTarget.Write(target, writer => DetectionJson.Write(writer, results));
            }

            clock.End("write");
            if (parsed.GetValue(timings))
            {
                clock.Write(Console.Error);
            }

            return results.Count == request.Files.Count ? 0 : 1;
        });
        return command;
    }

    private static PictureResult Detect(
        Detector detector, string file, RgbImage image, double decode, float threshold, PictureFolder? folder, StageClock clock, CancellationToken cancellation)
    {
        (IReadOnlyList<Detection> detections, DetectionTimings timings) = detector.Detect(image, new DetectRequest { Threshold = threshold }, cancellation);
        clock.End("detect");
        long start = Stopwatch.GetTimestamp();
        folder?.Write(DetectionFigure.Draw(image, detections), file);
        double draw = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        clock.End("draw");
        return new PictureResult(
            file, image.Width, image.Height, detections, new PictureTimings(decode, timings.Resize.TotalMilliseconds, timings.Run.TotalMilliseconds, draw));
    }
}
