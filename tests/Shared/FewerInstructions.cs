using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Detr.Testing;

/// <summary>Runs tests of the calling assembly again in a process that has fewer instructions.</summary>
internal static partial class FewerInstructions
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Fails unless some tests ran in the child process and all of them passed.</summary>
    /// <param name="runtimeSwitch">The runtime's environment variable that switches instructions off, such as <c>DOTNET_EnableAVX512</c>.</param>
    /// <param name="filter">Which tests, in the words of xUnit's own command line; not the caller's, which would start children for ever.</param>
    /// <param name="environment">More of the child's environment.</param>
    internal static async Task AssertPassAsync(string runtimeSwitch, IEnumerable<string> filter, params (string Name, string Value)[] environment)
    {
        using Process child = Start(runtimeSwitch, filter, environment);
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
    }

    private static Process Start(string runtimeSwitch, IEnumerable<string> filter, (string Name, string Value)[] environment)
    {
        string runtimes = RuntimeEnvironment.GetRuntimeDirectory();
        string host = Path.GetFullPath(Path.Combine(runtimes, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host, [Assembly.GetExecutingAssembly().Location, "-noLogo", "-noColor", .. filter])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment[runtimeSwitch] = "0";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("No child process started.");
    }

    [GeneratedRegex(@"Total: (?<count>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Total();
}
