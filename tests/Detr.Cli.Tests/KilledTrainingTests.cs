using System.Diagnostics;

namespace Detr.Cli.Tests;

/// <summary>Trainings whose process is killed, at moments that a seed decides, and that go on.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private const int Kills = 4;
    private const int MostSavesBefore = 6;
    private const int MostMillisecondsAfter = 30;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-killed").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_training_that_was_killed_again_and_again_ends_with_the_same_weights()
    {
        string whole = Path.Combine(_folder, "whole"), killed = Path.Combine(_folder, "killed");
        await SucceedAsync(whole);
        Random random = new(5);
        for (int i = 0; i < Kills; i++)
        {
            using Process process = CommandLine.Start(Arguments(killed, i > 0));
            await AfterSavesAsync(process, killed, random.Next(1, MostSavesBefore));
            await Task.Delay(random.Next(MostMillisecondsAfter));
            process.Kill();
            await process.WaitForExitAsync();
        }

        await SucceedAsync(killed, "--resume");
        foreach (string file in new[] { "model.safetensors", "averaged.safetensors", "best.safetensors" })
        {
            Assert.True(File.ReadAllBytes(Path.Combine(whole, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(killed, file))), $"{file} differs");
        }

        Assert.Equal(Log(whole), Log(killed));
        Assert.Empty(Directory.GetFiles(killed, "*.tmp"));
    }

    [Fact]
    public async Task A_training_that_was_interrupted_saves_and_goes_on()
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no polite signal there that a test could send to another process alone.
            return;
        }

        string run = Path.Combine(_folder, "stopped");
        using Process process = CommandLine.Start(Arguments(run));
        await AfterSavesAsync(process, run, 2);
        // Not SIGINT, to which what a shell runs in the background is born deaf; both are handled as one.
        using (Process signal = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await signal.WaitForExitAsync();
        }

        Assert.EndsWith("Stopped.", (await process.StandardError.ReadToEndAsync()).Trim(), StringComparison.Ordinal);
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.True(File.Exists(Path.Combine(run, "model.safetensors")));
        await SucceedAsync(run, "--resume");
    }

    [Fact]
    public async Task Two_trainings_in_one_folder_are_refused()
    {
        string run = Path.Combine(_folder, "twice");
        using Process process = CommandLine.Start(Arguments(run));
        await AfterSavesAsync(process, run, 1);
        (int code, string error) = await TrainAsync(run, "--resume");
        Assert.Equal(1, code);
        Assert.Contains("Another process trains", error, StringComparison.Ordinal);
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>The lines of a log without the time, which is another in each run.</summary>
    private static IEnumerable<string> Log(string run)
        => File.ReadLines(Path.Combine(run, "log.txt")).Select(line => string.Join(',', line.Split(',').Where(part => !part.StartsWith("\"seconds\"", StringComparison.Ordinal))));

    private static string[] Arguments(string run, bool isResumed = false) =>
    [
        "train", "--out", run, "--count", "16", "--batch-size", "2", "--epochs", "60", "--scene-size", "32", "--validation-count", "2", "--evaluations", "20",
        "--backbone-width", "4", "--hidden-dim", "16", "--enc-layers", "1", "--dec-layers", "2", "--dim-feedforward", "16", "--num-queries", "8", "--dropout", "0.1",
        "--accumulate", "2", "--save-every", "3", "--threads", "1", "--seed", "7", .. isResumed ? new[] { "--resume" } : [],
    ];

    private static async Task SucceedAsync(string run, params string[] more)
    {
        (int code, string error) = await TrainAsync(run, more);
        Assert.True(code == 0, error);
    }

    private static async Task<(int ExitCode, string Error)> TrainAsync(string run, params string[] more)
    {
        (int code, _, string error) = await CommandLine.RunAsync([.. Arguments(run), .. more]);
        return (code, error.Trim());
    }

    /// <summary>Waits until a training has saved so many times more, or has ended.</summary>
    private static async Task AfterSavesAsync(Process process, string run, int saves)
    {
        string checkpoint = Path.Combine(run, "checkpoint.safetensors");
        DateTime last = File.GetLastWriteTimeUtc(checkpoint);
        Stopwatch clock = Stopwatch.StartNew();
        while (saves > 0 && !process.HasExited && clock.Elapsed < Longest)
        {
            await Task.Delay(1);
            DateTime now = File.GetLastWriteTimeUtc(checkpoint);
            (last, saves) = (now, now == last ? saves : saves - 1);
        }
    }
}
