using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Detr.Imaging.Tests;

/// <summary>Runs the tests of the vectorised code again in processes that have fewer instructions.</summary>
public sealed class InstructionSetTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task ResizingIsTheSameWithFewerInstructions(string switchedOff)
    {
        string host = Path.GetFullPath(Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host)
        {
            ArgumentList =
            {
                typeof(InstructionSetTests).Assembly.Location, "-noLogo", "-noColor", "-class", typeof(ImageResizerTests).FullName!,
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment[switchedOff] = "0";
        using Process child = Process.Start(start) ?? throw new InvalidOperationException("No child process started.");
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            string output = await child.StandardOutput.ReadToEndAsync(limit.Token);
            await child.WaitForExitAsync(limit.Token);
            Assert.True(child.ExitCode == 0, output);
            Assert.DoesNotContain("Total: 0", output, StringComparison.Ordinal);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            throw;
        }
    }
}
