using System.CommandLine;
using System.Globalization;
using Detr.Explain;

namespace Detr.Cli.Commands;

/// <summary><c>detr heads</c>: what is found without some attention heads, and what each head is worth.</summary>
internal static class HeadsCommand
{
    private const int HeadsPrinted = 10;

    internal static Command Create()
    {
        PictureArguments picture = new();
        HeadArguments heads = new();
        HeadStudyArguments study = new();
        Option<int?> query = new("--query") { HelpName = "N", Description = "Switches them off for this object query alone." };
        Option<float> threshold = new("--threshold") { Description = "The least score, from 0 to 1; 0 keeps every query's detection, in query order.", DefaultValueFactory = _ => DetectRequest.DefaultThreshold };
        Command command = new DocumentedCommand("heads", "Finds objects with some of the transformer's attention heads switched off.")
        {
            Arguments = { picture.Picture },
            Options =
            {
                picture.Model, heads.Off, study.Sweep, study.Rank, study.Attention, query, threshold, study.Output, picture.Json,
                picture.Resize.Size, picture.Resize.MaximumSize, picture.Threads,
            },
            Examples =
            [
                ("the first four heads of every cross-attention", "heads street.jpg --off decoder.cross:all:0-3"),
                ("no attention among object queries, so that duplicates appear", "heads street.jpg --off decoder.self:all:all"),
                ("two places at once, as JSON", "heads street.jpg --off encoder.self:5:7 decoder.cross:5:2,5 --json -"),
                ("one object query alone", "heads street.jpg --off decoder.cross:all:0-3 --query 27"),
                ("the first one, two, three heads and so on: street/sweep.png and a page", "heads street.jpg --sweep --out street"),
                ("which head is worth most, in all attentions", "heads street.jpg --rank --out street --json ranking.json"),
            ],
            Notes =
            [
                "A head that is off has its attention probabilities multiplied by zero after the softmax; the other heads' stay as they are.",
                "The JSON is that of detect; of --sweep and --rank, what each trial found and cost.",
                Weights.Note,
            ],
        };
        command.Validators.Add(result => study.Validate(result, heads.Off, query));
        command.SetAction(async (parsed, cancellation) =>
        {
            float least = ThresholdOption.Read(parsed, threshold);

            using OpenPicture open = await picture.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            int? only = parsed.GetValue(query);
            if (only is { } number)
            {
                QueryOption.Check(number, open.Detector.Model.Options);
            }

            if (study.IsWanted(parsed))
            {
                Try(parsed, open, picture, study, only, least, cancellation);
            }
            else
            {
                Detect(parsed, open, picture, heads.Read(parsed, open.Detector.Model.Options, only)!, least, cancellation);
            }

            return 0;
        });
        return command;
    }

    private static void Detect(ParseResult parsed, OpenPicture open, PictureArguments picture, HeadsOff off, float least, CancellationToken cancellation)
    {
        DetectResponse found = open.Detector.Detect(open.Image, new DetectRequest { Threshold = least, HeadMask = off }, cancellation);
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
    }

    private static void Try(
        ParseResult parsed, OpenPicture open, PictureArguments picture, HeadStudyArguments study, int? query, float least, CancellationToken cancellation)
    {
        AttentionKind? kind = study.Kind(parsed);
        HeadSweep? sweep = parsed.GetValue(study.Sweep) ? Sweep(open, kind, query, least, cancellation) : null;
        HeadRanking? ranking = null;
        if (parsed.GetValue(study.Rank))
        {
            int count = AttentionHead.All(open.Detector.Model.Options.Transformer, kind).Count;
            ranking = ProgressBar.Run("Heads", count, progress => open.Detector.RankHeads(open.Image, kind, least, progress, cancellation));
        }

        string? target = parsed.GetValue(picture.Json);
        if (target != JsonTarget.StandardOutput)
        {
            Print(sweep);
            Print(ranking);
        }

        if (target is not null)
        {
            JsonTarget.Write(target, writer => HeadStudyJson.Write(writer, sweep, ranking));
        }

        if (parsed.GetValue(study.Output) is { } folder)
        {
            (int? size, int? maximum) = picture.Resize.Read(parsed);
            MapPlacement placement = MapPlacement.Of(open.Detector.Model.Options, open.Image.Width, open.Image.Height, size, maximum);
            HeadStudyFolder.Write(folder.FullName, Path.GetFileName(open.File), open.Image, placement, sweep, ranking);
        }
    }

    private static HeadSweep Sweep(OpenPicture open, AttentionKind? kind, int? query, float least, CancellationToken cancellation)
    {
        DenseAttention.Check(open.Detector.Model.Options);
        return query is not null && kind == AttentionKind.EncoderSelf
            ? throw new InputException(HeadArguments.NoQueriesInEncoder)
            : open.Detector.SweepHeads(open.Image, new HeadSweepRequest { Kind = kind ?? AttentionKind.DecoderCross, Query = query, Threshold = least }, cancellation);
    }

    private static void Print(HeadSweep? sweep)
    {
        foreach (HeadSweepStep step in sweep?.Steps ?? [])
        {
            IEnumerable<string> scores = step.Scores.Zip(sweep!.Objects, (score, found) => string.Create(CultureInfo.InvariantCulture, $"{found.Label} {score:F2}"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{step.Off} off: {step.Detections.Count(detection => detection.Score >= sweep.Request.Threshold)} found; {string.Join(", ", scores)}"));
        }
    }

    private static void Print(HeadRanking? ranking)
    {
        foreach (HeadCost cost in (ranking?.Heads ?? []).Take(HeadsPrinted))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{cost.Head}: scores fall by {cost.ScoreFall:F3}, boxes shift by {cost.BoxShift:F3}, {cost.Lost} of {ranking!.Objects.Count} lost, {cost.Added} added"));
        }
    }
}
