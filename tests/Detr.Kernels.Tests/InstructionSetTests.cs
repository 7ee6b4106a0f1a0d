using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Detr.Kernels.Tests;

/// <summary>
/// Runs every other test of this assembly again in a process that has fewer instructions, so that each level of each
/// kernel meets the same oracles whatever machine the tests run on.
/// </summary>
public sealed partial class InstructionSetTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("DOTNET_EnableAVX512", InstructionSets.Avx2)]
    [InlineData("DOTNET_EnableAVX", InstructionSets.Portable)]
    [InlineData("DOTNET_EnableHWIntrinsic", InstructionSets.Portable)]
    public async Task All_kernel_tests_pass_with_fewer_instructions(string runtimeSwitch, string set)
    {
        string report = Path.GetTempFileName();
        try
        {
            using Process child = Start(runtimeSwitch, report);
            Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Patience);
            string output;
            try
            {
                output = await child.StandardOutput.ReadToEndAsync(limit.Token);
                await child.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                child.Kill(entireProcessTree: true);
                throw;
            }

            Assert.True(child.ExitCode == 0, $"{output}\n{await errors}");
            Match total = Total().Match(output);
            Assert.True(total.Success && int.Parse(total.Groups["count"].Value, CultureInfo.InvariantCulture) > 1, output);
            AssertLevel(set, await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(report);
        }
    }

    /// <summary>A machine may have fewer instructions than the level asks for, never more.</summary>
    private static void AssertLevel(string asked, string found)
    {
        bool poorer = asked == InstructionSets.Avx2 && InstructionSets.Current == InstructionSets.Portable;
        Assert.Equal(poorer ? InstructionSets.Portable : asked, found);
    }

    private static Process Start(string runtimeSwitch, string report)
    {
        string assembly = typeof(InstructionSetTests).Assembly.Location;
        string runtimes = RuntimeEnvironment.GetRuntimeDirectory();
        string host = Path.GetFullPath(Path.Combine(runtimes, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host)
        {
            ArgumentList = { assembly, "-noLogo", "-noColor", "-class-", typeof(InstructionSetTests).FullName! },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment[runtimeSwitch] = "0";
        start.Environment[InstructionSets.ReportVariable] = report;
        return Process.Start(start) ?? throw new InvalidOperationException("No child process started.");
    }

    [GeneratedRegex(@"Total: (?<count>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Total();
}
