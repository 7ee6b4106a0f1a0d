using System.Diagnostics;
using System.Text.Json;
using Detr.Data;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Benchmarks;

/// <summary>Times whole training steps: forward pass, matching, losses, backward pass, clipping, AdamW.</summary>
internal static class TrainingSteps
{
    private const int Warmup = 2;

    /// <summary>Measures, and prints a line of JSON.</summary>
    /// <param name="entry">What is trained.</param>
    /// <param name="threads">Threads that the engine uses.</param>
    /// <param name="runs">How many steps are measured, after two that are not.</param>
    internal static void Measure(TrainingCase entry, int threads, int runs)
    {
        using CpuBackend backend = new(threads);
        using DetectionBatch batch = entry.CreateBatch();
        Trainer trainer = entry.CreateTrainer(entry.CreateModel(), backend);
        double[] milliseconds = new double[Warmup + runs];
        for (int run = 0; run < milliseconds.Length; run++)
        {
            long start = Stopwatch.GetTimestamp();
            trainer.Step(batch);
            milliseconds[run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output))
        {
            Write(json, entry, threads, milliseconds, backend.HeldBytes);
        }

        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, TrainingCase entry, int threads, double[] milliseconds, long tensorBytes)
    {
        double[] measured = milliseconds[Warmup..], ordered = [.. measured.Order()];
        using Process process = Process.GetCurrentProcess();
        json.WriteStartObject();
        json.WriteString("model", entry.Name);
        json.WriteStartArray("size");
        json.WriteNumberValue(entry.Height);
        json.WriteNumberValue(entry.Width);
        json.WriteEndArray();
        json.WriteNumber("batch", entry.Batch);
        json.WriteNumber("threads", threads);
        json.WriteNumber("runs", measured.Length);
        json.WriteNumber("median_ms", Math.Round((ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2, 3));
        json.WriteNumber("min_ms", Math.Round(ordered[0], 3));
        json.WriteNumber("first_ms", Math.Round(milliseconds[0], 3));
        json.WriteNumber("peak_mb", Math.Round(process.PeakWorkingSet64 / 1e6, 1));
        json.WriteNumber("tensors_mb", Math.Round(tensorBytes / 1e6, 1));
        json.WriteStartArray("runs_ms");
        foreach (double run in measured)
        {
            json.WriteNumberValue(Math.Round(run, 3));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
