using System.CommandLine;

namespace Detr.Cli.Commands;

/// <summary><c>detr heads</c>: what is found without some attention heads.</summary>
internal static class HeadsCommand
{
    internal static Command Create()
    {
        PictureArguments picture = new();
        HeadArguments heads = new();
        heads.Off.Required = true;
        Option<int?> query = new("--query") { HelpName = "N", Description = "Switches them off for this object query alone." };
        Option<float> threshold = new("--threshold") { Description = "The least score, from 0 to 1; 0 keeps every query's detection, in query order.", DefaultValueFactory = _ => DetectRequest.DefaultThreshold };
        Command command = new DocumentedCommand("heads", "Finds objects with some of the transformer's attention heads switched off.")
        {
            Arguments = { picture.Picture },
            Options = { picture.Model, heads.Off, query, threshold, picture.Json, picture.Resize.Size, picture.Resize.MaximumSize, picture.Threads },
            Examples =
            [
                ("the first four heads of every cross-attention", "heads street.jpg --off decoder.cross:all:0-3"),
                ("no attention among object queries, so that duplicates appear", "heads street.jpg --off decoder.self:all:all"),
                ("two places at once, as JSON", "heads street.jpg --off encoder.self:5:7 decoder.cross:5:2,5 --json -"),
                ("one object query alone", "heads street.jpg --off decoder.cross:all:0-3 --query 27"),
            ],
            Notes =
            [
                "A head that is off has its attention probabilities multiplied by zero after the softmax; the other heads' stay as they are.",
                "The JSON is that of detect.",
                Weights.Note,
            ],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            float least = parsed.GetValue(threshold);
            if (!(least is >= 0 and <= 1))
            {
                throw new InputException($"--threshold {least} is not a number from 0 to 1.");
            }

            using OpenPicture open = await picture.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            int? only = parsed.GetValue(query);
            if (only is { } number)
            {
                QueryOption.Check(number, open.Detector.Model.Options);
            }

            DetectRequest request = new() { Threshold = least, HeadMask = heads.Read(parsed, open.Detector.Model.Options, only) };
            DetectResponse found = open.Detector.Detect(open.Image, request, cancellation);
            PictureResult result = new(
                open.File, open.Image.Width, open.Image.Height, found.Detections,
                new PictureTimings(open.Milliseconds, found.Timings.Resize.TotalMilliseconds, found.Timings.Run.TotalMilliseconds, 0));
            string? target = parsed.GetValue(picture.Json);
            if (target != JsonTarget.StandardOutput)
            {
                DetectionText.Print(result);
            }

            if (target is not null)
            {
                JsonTarget.Write(target, writer => DetectionJson.Write(writer, [result]));
            }

            return 0;
        });
        return command;
    }
}
