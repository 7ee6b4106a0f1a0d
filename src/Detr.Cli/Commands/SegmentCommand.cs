using System.CommandLine;
using System.Diagnostics;
using Detr.Data;
using Detr.Imaging;
using Detr.Models;

namespace Detr.Cli.Commands;

/// <summary><c>detr segment</c>: what every pixel of a picture belongs to.</summary>
internal static class SegmentCommand
{
    private const string UsualWeights = "detr_resnet50_panoptic";

    internal static Command Create()
    {
        Option<string?> weights = Weights.CreateOption("--weights", $"The model, which needs a mask head: a file, or the name of published weights such as {UsualWeights}, which is taken when nothing is said.");
        Option<float> threshold = new("--threshold") { Description = "The score that an object has to exceed for its mask to count, from 0 to 1.", DefaultValueFactory = _ => PanopticMerge.UsualThreshold };
        PicturesArguments pictures = new("image", weights, threshold, "A folder for the pictures with their segments drawn and named, and for panoptic.json with its PNGs in COCO's panoptic format.");
        Command command = new DocumentedCommand("segment", "Says what every pixel of a picture belongs to: things one by one, and stuff such as sky and grass.")
        {
            Examples =
            [
                ("a photo by the published model, drawn into a copy under cut/", "segment street.jpg --out cut"),
                ("a folder, as JSON for another program", "segment photos --json -"),
                ("a model of one's own, which was trained with --masks", "segment scenes --weights runs/masks/model.safetensors --out cut"),
            ],
            Notes = [Weights.Note, PicturesArguments.UnreadableNote],
        };
        pictures.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            PicturesRequest request = pictures.Read(parsed);
            string path = await pictures.ModelAsync(parsed, cancellation, UsualWeights).ConfigureAwait(false);
            PictureReader reader = new(request.Files, request.ReadsAhead);
            using Detector detector = Detector.Load(path, request.Detector);
            if (detector.Model.MaskHead is null)
            {
                throw new InputException($"{path} finds boxes and makes no masks; use {UsualWeights}, or train a mask head on it: detr train --masks --frozen-weights {path}.");
            }

            SegmentationFolder? folder = request.Output is { } directory ? new SegmentationFolder(directory, detector.Categories) : null;
            List<SegmentedPicture> results = [];
            await foreach ((string file, RgbImage image, double decode) in reader.ReadableAsync().ConfigureAwait(false))
            {
                results.Add(Segment(detector, file, image, decode, request.Threshold, folder, cancellation));
                if (request.Prints)
                {
                    Print(results[^1], detector.Categories);
                }
            }

            folder?.Save();
            if (request.Json is { } target)
            {
                JsonTarget.Write(target, writer => SegmentationJson.Write(writer, results, detector.Categories));
            }

            return results.Count == request.Files.Count ? 0 : 1;
        });
        return command;
    }

    private static SegmentedPicture Segment(
        Detector detector, string file, RgbImage image, double decode, float threshold, SegmentationFolder? folder, CancellationToken cancellation)
    {
        PanopticSegmentation segmentation = detector.Segment(image, threshold, out DetectionTimings timings, cancellation);
        long start = Stopwatch.GetTimestamp();
        folder?.Add(file, image, segmentation);
        double draw = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new SegmentedPicture(
            file, image.Width, image.Height, segmentation.Segments, new PictureTimings(decode, timings.Resize.TotalMilliseconds, timings.Run.TotalMilliseconds, draw));
    }

    private static void Print(SegmentedPicture picture, IReadOnlyList<Category> categories)
    {
        Console.WriteLine($"{picture.File} {picture.Width} × {picture.Height}, {picture.Segments.Count} {(picture.Segments.Count == 1 ? "segment" : "segments")}, {picture.Timings.Detect:F0} ms");
        foreach (PanopticSegment segment in picture.Segments)
        {
            string name = PostProcess.CategoryOfId(segment.CategoryId, categories).Name;
            Console.WriteLine($"  {segment.Id} {name} {segment.Score:F2}, {100.0 * segment.Area / ((double)picture.Width * picture.Height):F1}% of the picture");
        }
    }
}
