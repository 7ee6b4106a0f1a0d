using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Detr.Models;

namespace Detr.Benchmarks;

/// <summary>Measures what docs/performance.md tells, and writes the page's tables anew; each is on the page when it is done.</summary>
/// <param name="root">The repository.</param>
/// <param name="peers">The folder that <see cref="PeerModels"/> wrote.</param>
/// <param name="samples">Samples of each product and layer.</param>
/// <param name="rounds">Rounds of the races and of starting.</param>
internal sealed class PerformancePage(string root, string peers, int samples, int rounds)
{
    private const int Passes = 4;
    private static readonly string[] Stages = ["runtime", "command", "load", "decode", "detect", "draw", "write", "whole"];

    /// <summary>Writes the tables.</summary>
    /// <param name="only">The one table that is wanted: products, layers, onnx, family, pytorch or start; all of them when empty.</param>
    /// <param name="picture">The photograph of the table of starting.</param>
    internal void Write(string only, string picture)
    {
        (string Name, Func<string?> Make)[] tables =
        [
            ("products", () => Samples("product", ProductSamples.Measure(1, samples))),
            ("layers", () => Samples("layer", LayerSamples.Measure(1, samples))),
            ("onnx", () => Race("node", "benchmarks/peers/onnx/race.mjs", [peers, $"{rounds}", $"{Passes}", "detr"], modelColumn: 0)),
            ("family", () => Race("node", "benchmarks/peers/onnx/race.mjs", [peers, $"{rounds}", $"{Passes}", "family"], modelColumn: 0)),
            ("pytorch", () => Race("python3", "benchmarks/peers/pytorch/race.py", [$"{rounds}", $"{Passes}"], modelColumn: 1)),
            ("start", () => Start(picture)),
        ];
        string path = Path.Combine(root, "docs", "performance.md");
        foreach ((string name, Func<string?> make) in tables.Where(table => only.Length == 0 || table.Name == only))
        {
            Console.WriteLine($"{name} …");
            if (make() is { } table)
            {
                File.WriteAllText(path, DocumentSection.Replace(File.ReadAllText(path), name, table));
            }
        }
    }

    private static string Samples(string what, IReadOnlyList<SampleResult> results) => string.Join('\n', (string[])
    [
        Machine(results[0].Median),
        "",
        $"| {what}, one thread | ms | GFLOP/s | share of the peak, median | best |",
        "|---|---|---|---|---|",
        .. results.Skip(1).Select(result => string.Create(
            CultureInfo.InvariantCulture, $"| {result.Name} | {result.Milliseconds:F3} | {result.Median:F0} | {100 * result.MedianShare:F0} % | {100 * result.BestShare:F0} % |")),
    ]);

    private static string Machine(double peak)
    {
        string? model = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        string processor = model is null ? $"{RuntimeInformation.ProcessArchitecture}" : model[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{processor}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}; multiply-adds on registers alone, one thread: {peak:F0} GFLOP/s.");
    }

    /// <summary>A race's own table, with our share of the peak beside it; null where the race cannot be run, which is said.</summary>
    private string? Race(string program, string script, string[] arguments, int modelColumn)
    {
        string path = Path.Combine(root, script);
        if (!File.Exists(path) || Run(program, [path, .. arguments]) is not ({ Length: > 0 } output, _))
        {
            Console.WriteLine($"{script} could not be run, so its table stays as it is; the page beside it says what it needs.");
            return null;
        }

        double peak = SamplesInTurn.MedianPeak();
        string[] lines = output.TrimEnd().Split('\n');
        return string.Join('\n', (string[])
        [
            Machine(peak),
            "",
            $"{lines[0]} share of the peak |",
            $"{lines[1]}---|",
            .. lines.Skip(2).Select(line => $"{line} {Share(line, modelColumn, peak)} |"),
        ]);
    }

    /// <summary>A forward pass's arithmetic against the peak of its threads; a training step's is not counted.</summary>
    private static string Share(string row, int modelColumn, double peak)
    {
        string[] cells = [.. row.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];
        DetrOptions? options = cells[modelColumn] == "small" ? PeerModels.Small : DetrPresets.FindShape(cells[modelColumn]);
        if (options is null || cells[0] == "step")
        {
            return "";
        }

        int[] sizes = [.. cells[modelColumn + 1].Split('×', 'x').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        double operations = 2.0 * MultiplyAdds.Count(options, sizes[^2], sizes[^1]) * (sizes.Length == 3 ? sizes[0] : 1);
        double seconds = double.Parse(cells[modelColumn + 3], CultureInfo.InvariantCulture) / 1000;
        double available = peak * 1e9 * int.Parse(cells[modelColumn + 2], CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{100 * operations / seconds / available:F0} %");
    }

    /// <summary>Where the time of <c>detr detect</c> of one picture goes, medians over fresh processes.</summary>
    private string? Start(string picture)
    {
        string detr = Path.Combine(root, "src/Detr.Cli/bin/Release/net10.0/Detr.Cli.dll"), weights = Path.Combine(peers, "detr_resnet50", "model.safetensors");
        Dictionary<string, List<double>> times = Stages.ToDictionary(stage => stage, _ => new List<double>(), StringComparer.Ordinal);
        for (int round = -1; round < rounds; round++)
        {
            if (Run("dotnet", [detr, "detect", picture, "--weights", weights, "--timings"]) is not (_, { Length: > 0 } error))
            {
                Console.WriteLine($"{detr} detect could not be run with {weights}: build the command, and write the peers' models first.");
                return null;
            }

            foreach (string[] words in error.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                // The first process finds files that are not in the system's cache yet.
                if (round >= 0 && words is [var stage, var time, "ms"] && times.TryGetValue(stage, out List<double>? found))
                {
                    found.Add(double.Parse(time, CultureInfo.InvariantCulture));
                }
            }
        }

        return string.Join('\n', (string[])
        [
            Machine(SamplesInTurn.MedianPeak()),
            "",
            $"| {string.Join(" | ", Stages)} |",
            $"|{string.Concat(Stages.Select(_ => "---|"))}",
            $"| {string.Join(" | ", Stages.Select(stage => times[stage].Order().ElementAt(rounds / 2).ToString("F0", CultureInfo.InvariantCulture)))} |",
        ]);
    }

    private static (string Output, string Error)? Run(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? (output, error.Result) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
