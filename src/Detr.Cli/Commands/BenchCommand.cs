using System.CommandLine;
using System.CommandLine.Completions;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Detr.Models;
using Detr.Tensors;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr bench</c>: how long a forward pass takes on this machine.</summary>
internal static class BenchCommand
{
    private const int LargestSide = 8192;
    private const int MostRuns = 100_000;
    private const int MostImages = 256;

    internal static Command Create()
    {
        Option<string> shape = new("--model")
        {
            HelpName = "NAME", Description = "A published model's shape, with random weights: nothing is downloaded, and it costs the same.", DefaultValueFactory = _ => Weights.Default,
        };
        shape.CompletionSources.Add(_ => Shapes().Select(name => new CompletionItem(name)));
        Option<string?> weights = Weights.CreateOption("--weights", "Instead of --model: a file, or the name of published weights, which are then downloaded.");
        Option<string> size = new("--size") { HelpName = "HxW", Description = "The input's rows and columns.", DefaultValueFactory = _ => "800x1066" };
        Option<int> batch = new("--batch") { Description = "How many pictures go through at once.", DefaultValueFactory = _ => 1 };
        Option<int?> threads = ThreadsOption.Create();
        Option<int> runs = new("--runs") { Description = "How many passes are measured.", DefaultValueFactory = _ => 10 };
        Option<int> warmup = new("--warmup") { Description = "How many passes go before, unmeasured.", DefaultValueFactory = _ => 2 };
        Option<bool> bytes = new("--int8") { Description = "Runs the backbone in eight bits, in turn with single precision, and gives the ratio. A file that convert --int8 wrote runs so by itself." };
        Option<string?> json = JsonTarget.CreateOption();
        Command command = new DocumentedCommand("bench", "Measures how long a model takes for a picture on this machine.")
        {
            Options = { shape, weights, size, batch, threads, bytes, runs, warmup, json },
            Examples =
            [
                ("the paper's base model, on all processors", "bench"),
                ("a larger one, on a smaller input", "bench --model detr_resnet101_dc5 --size 480x640 --runs 3"),
                ("a successor", "bench --model dino"),
                ("how much eight bits save", "bench --int8"),
                ("a model of one's own on one thread, as JSON", "bench --weights runs/shapes/model.safetensors --size 128x128 --threads 1 --json -"),
            ],
            Notes =
            [
                "A pass is what comes after decoding and resizing: backbone, transformer and heads, with the masks of all queries where the model has a mask head, in float32, or with --int8 the backbone in eight bits, whose ranges are found on the same input. The input is random numbers of exactly --size; unlike detect, bench resizes nothing.",
                "The backbone's time includes the projection of its features to the transformer's channels, the decoder's the heads' and the masks'.",
                "Peak memory is the whole process's, and counts loading the model. Arithmetic is that of convolutions, linear layers and attention; GFLOP/s count two operations for a multiply-add.",
            ],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            (int height, int width) = ParseSize(parsed.GetRequiredValue(size));
            int images = parsed.GetValue(batch);
            if (parsed.GetValue(runs) is < 1 or > MostRuns || parsed.GetValue(warmup) is < 0 or > MostRuns || parsed.GetValue(threads) < 1 || images is < 1 or > MostImages)
            {
                throw new InputException($"--runs is from 1 to {MostRuns}, --warmup from 0 to {MostRuns}, --batch from 1 to {MostImages}, and --threads at least 1.");
            }

            string? target = parsed.GetValue(json), file = parsed.GetValue(weights);
            string name = file ?? parsed.GetRequiredValue(shape);
            JsonTarget.Prepare(target);
            DetrModel model = file is null ? CreateRandom(name) : ModelFile.Load(await Weights.ResolveAsync(file, cancellation).ConfigureAwait(false), deferred: true).Model;
            using CpuBackend backend = new(parsed.GetValue(threads));
            BenchMeasurement measurement = new(model, backend, images, height, width, Pixels(images * 3 * height * width), cancellation);
            BenchResult result = measurement.Run(name, parsed.GetValue(warmup), parsed.GetValue(runs), quantizes: parsed.GetValue(bytes));
            if (target is not null)
            {
                JsonTarget.Write(target, writer => Write(writer, result));
            }

            if (target != JsonTarget.StandardOutput)
            {
                Print(result);
            }

            return 0;
        });
        return command;
    }

    private static (int Height, int Width) ParseSize(string text)
    {
        string[] parts = text.Split('x', 'X', '×');
        return parts.Length == 2 && Side(parts[0]) is { } height && Side(parts[1]) is { } width
            ? (height, width)
            : throw new InputException($"--size {text} is not rows and columns from 1 to {LargestSide}, such as 800x1066.");

        static int? Side(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is >= 1 and <= LargestSide ? side : null;
    }

    private static IEnumerable<string> Shapes() => [.. ModelZoo.All.Where(model => model.Options is not null).Select(model => model.Name), .. DetrPresets.Names];

    private static DetrModel CreateRandom(string name)
    {
        DetrOptions options = DetrPresets.FindShape(name) ?? throw new InputException($"--model {name} is not known; there are {string.Join(", ", Shapes())}.");
        DetrModel model = new(options);
        DetrInitialization.Initialize(model, new RandomStream(1));
        return model;
    }

    private static float[] Pixels(int count)
    {
        RandomStream random = new(2);
        float[] pixels = new float[count];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (float)random.NextGaussian();
        }

        return pixels;
    }

    private static void Print(BenchResult result)
    {
        Table table = new Table().AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
        table.AddRow("model", Markup.Escape(result.Model));
        table.AddRow("input", result.Batch == 1 ? $"{result.Height} × {result.Width}" : $"{result.Batch} × {result.Height} × {result.Width}");
        table.AddRow("backbone", Precision(result));
        table.AddRow("threads", $"{result.Threads}");
        table.AddRow($"median of {result.Milliseconds.Count}", FormattableString.Invariant($"{result.Median:F1} ms"));
        table.AddRow("least", FormattableString.Invariant($"{result.Minimum:F1} ms"));
        if (result.Ratio is { } ratio)
        {
            table.AddRow("in float32, median", FormattableString.Invariant($"{result.SinglePrecisionMedian:F1} ms"));
            table.AddRow("ratio", FormattableString.Invariant($"{ratio:F3}"));
        }

        foreach ((string part, IReadOnlyList<double> times) in result.Parts)
        {
            table.AddRow($"{part}, median", FormattableString.Invariant($"{BenchResult.MedianOf(times):F1} ms"));
        }

        table.AddRow("first pass", FormattableString.Invariant($"{result.FirstMilliseconds:F1} ms"));
        table.AddRow("peak memory", FormattableString.Invariant($"{result.PeakBytes / 1e6:F0} MB"));
        table.AddRow("arithmetic", FormattableString.Invariant($"{result.MultiplyAdds / 1e9:F1} · 10⁹ multiply-adds"));
        table.AddRow("rate", FormattableString.Invariant($"{result.GigaflopsPerSecond:F0} GFLOP/s"));
        AnsiConsole.Write(table);
    }

    private static string Precision(BenchResult result) => result.IsQuantized ? "int8" : "float32";

    private static void Write(Utf8JsonWriter json, BenchResult result)
    {
        json.WriteStartObject();
        json.WriteString("model", result.Model);
        json.WriteStartArray("size");
        json.WriteNumberValue(result.Height);
        json.WriteNumberValue(result.Width);
        json.WriteEndArray();
        json.WriteNumber("batch", result.Batch);
        json.WriteString("backbone", Precision(result));
        json.WriteNumber("threads", result.Threads);
        json.WriteNumber("runs", result.Milliseconds.Count);
        json.WriteNumber("median_ms", Math.Round(result.Median, 3));
        json.WriteNumber("min_ms", Math.Round(result.Minimum, 3));
        if (result.Ratio is { } ratio)
        {
            json.WriteNumber("float32_median_ms", Math.Round(result.SinglePrecisionMedian, 3));
            json.WriteNumber("ratio", Math.Round(ratio, 4));
        }

        foreach ((string part, IReadOnlyList<double> times) in result.Parts)
        {
            json.WriteNumber($"{part}_ms", Math.Round(BenchResult.MedianOf(times), 3));
        }

        json.WriteNumber("first_ms", Math.Round(result.FirstMilliseconds, 3));
        json.WriteNumber("peak_mb", Math.Round(result.PeakBytes / 1e6, 1));
        json.WriteNumber("giga_multiply_adds", Math.Round(result.MultiplyAdds / 1e9, 3));
        json.WriteNumber("gflops", Math.Round(result.GigaflopsPerSecond, 1));
        json.WriteStartArray("runs_ms");
        foreach (double run in result.Milliseconds)
        {
            json.WriteNumberValue(Math.Round(run, 3));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
