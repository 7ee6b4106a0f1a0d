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
        Argument<string[]> inputs = new("input") { Description = "Pictures: files, folders, or patterns such as photos/*.jpg. JPEG, PNG, BMP and PPM.", Arity = ArgumentArity.OneOrMore };
        Option<string?> weights = Weights.CreateOption();
        Option<float> threshold = new("--threshold") { Description = "The least score, from 0 to 1; 0 keeps every query's detection, in query order.", DefaultValueFactory = _ => DetectRequest.DefaultThreshold };
        ResizeArguments resize = new();
        Option<int?> threads = ThreadsOption.Create();
        Option<string?> json = JsonTarget.CreateOption();
        Option<DirectoryInfo?> output = new("--out") { Description = "A folder for the pictures with boxes drawn." };
        Option<bool> timings = new("--timings") { Description = "Says on standard error where the time of the whole process went." };
        Command command = new DocumentedCommand("detect", "Finds objects in pictures.")
        {
            Arguments = { inputs },
            Options = { weights, threshold, output, json, resize.Size, resize.MaximumSize, threads, timings },
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
            float least = ThresholdOption.Read(parsed, threshold);

            int? threadCount = ThreadsOption.Read(parsed, threads);

            (int? size, int? maximum) = resize.Read(parsed);
            string? target = parsed.GetValue(json);
            IReadOnlyList<string> files = InputFiles.Expand(parsed.GetRequiredValue(inputs));
            JsonTarget.Prepare(target);
            PictureFolder? folder = parsed.GetValue(output) is { } directory ? new PictureFolder(directory.FullName) : null;
            string path = await Weights.ResolveAsync(parsed.GetValue(weights), cancellation).ConfigureAwait(false);
            bool ahead = (threadCount ?? Environment.ProcessorCount) > 1;
            clock.End("command");
            PictureReader reader = new(files, ahead);
            using Detector detector = Detector.Load(path, new DetectorOptions { Size = size, MaximumSize = maximum, Threads = threadCount });
            clock.End("load");

            // What fails here fails in the first picture's pass, too, and is told there.
            Task warm = ahead ? Task.Run(() => detector.WarmUp(cancellation), CancellationToken.None) : Task.CompletedTask;
            List<PictureResult> results = [];
            try
            {
                for (int i = 0; i < files.Count; i++)
                {
                    ReadPicture picture = await reader.ReadAsync(i).ConfigureAwait(false);
                    clock.End("decode");
                    if (picture.Image is null)
                    {
                        await Console.Error.WriteLineAsync(picture.Problem).ConfigureAwait(false);
                        continue;
                    }

                    results.Add(Detect(detector, files[i], picture.Image, picture.Milliseconds, least, folder, clock, cancellation));
                    if (target != JsonTarget.StandardOutput)
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

            if (target is not null)
            {
                JsonTarget.Write(target, writer => DetectionJson.Write(writer, results));
            }

            clock.End("write");
            if (parsed.GetValue(timings))
            {
                clock.Write(Console.Error);
            }

            return results.Count == files.Count ? 0 : 1;
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
