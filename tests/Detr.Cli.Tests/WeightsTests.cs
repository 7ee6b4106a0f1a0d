using System.Text;
using System.Text.Json;
using Detr.Tests.Zoo;

namespace Detr.Cli.Tests;

/// <summary>Published weights by name: found, fetched, or refused with what to do. No test leaves this machine.</summary>
public sealed class WeightsTests : IDisposable
{
    private const string Name = "detr_resnet50_panoptic";
    private const string FileName = "detr-r50-panoptic-00ce5173.pth";
    private const string Unreachable = "http://127.0.0.1:1/";

    // Eight bytes whose SHA-256 starts as the published file's does, found by trying.
    private static readonly byte[] Body = Encoding.ASCII.GetBytes("08151ae2");

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-weights").FullName;

    private string Cache => Path.Combine(_folder, "cache");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Models_are_listed_with_what_is_known_of_them()
    {
        (int code, string output, string error) = await RunAsync(Unreachable, "models", "--json", "-");
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(8, json.RootElement.GetArrayLength());
        JsonElement first = json.RootElement[0];
        Assert.Equal("detr_resnet50", first.GetProperty("name").GetString());
        Assert.Equal("detr-r50-e632da11.pth", first.GetProperty("file").GetString());
        Assert.Equal("e632da11", first.GetProperty("sha256_start").GetString());
        Assert.Equal("Apache-2.0", first.GetProperty("license").GetString());
        Assert.Equal(42.0, first.GetProperty("box_ap").GetDouble());
        Assert.Equal("no", first.GetProperty("cached").GetString());
        Assert.False(Directory.Exists(Cache));

        (code, output, _) = await RunAsync(Unreachable, "models");
        Assert.Equal(0, code);
        Assert.All(json.RootElement.EnumerateArray(), model => Assert.Contains(model.GetProperty("file").GetString()!, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_is_fetched_once()
    {
        await using LoopbackServer server = new(LoopbackServer.Obliging(Body));
        (int code, string output, string error) = await RunAsync($"{server.Address}", "models", "--download", Name);
        Assert.True(code == 0, error);
        Assert.Contains(Path.Combine(Cache, FileName), output, StringComparison.Ordinal);
        Assert.Equal(Body, File.ReadAllBytes(Path.Combine(Cache, FileName)));
        Assert.Equal("yes", await StateAsync());

        // The eight bytes are no model, which is said of the file in the cache: nothing was fetched again.
        (code, _, error) = await RunAsync($"{server.Address}", "bench", "--weights", Name);
        Assert.Equal(1, code);
        Assert.Contains(Path.Combine(Cache, FileName), Assert.Single(Lines(error)), StringComparison.Ordinal);
        Assert.Equal($"/{FileName}", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task A_download_that_broke_off_goes_on()
    {
        int answered = 0;
        await using LoopbackServer server = new((request, stream) => answered++ == 0
            ? LoopbackServer.RespondAsync(stream, "200 OK", ["ETag: \"1\""], Body.AsMemory(0, 3), Body.Length)
            : LoopbackServer.Obliging(Body)(request, stream));
        (int code, _, string error) = await RunAsync($"{server.Address}", "models", "--download", Name);
        Assert.Equal(1, code);
        Assert.Contains("run it again", Lines(error)[^1], StringComparison.Ordinal);
        Assert.Equal("partly", await StateAsync());

        (code, _, error) = await RunAsync($"{server.Address}", "models", "--download", Name);
        Assert.True(code == 0, error);
        Assert.Equal(3, server.Requests.Last().From);
        Assert.Equal("yes", await StateAsync());
    }

    [Fact]
    public async Task A_wrong_file_is_not_kept()
    {
        await using LoopbackServer server = new(LoopbackServer.Obliging(Encoding.ASCII.GetBytes("anything")));
        (int code, _, string error) = await RunAsync($"{server.Address}", "models", "--download", Name);
        Assert.Equal(1, code);
        Assert.Contains("00ce5173", Lines(error)[^1], StringComparison.Ordinal);
        Assert.Equal("no", await StateAsync());
    }

    [Fact]
    public async Task A_missing_file_is_said_with_what_to_do()
    {
        await using LoopbackServer server = new((_, stream) => LoopbackServer.RespondAsync(stream, "404 Not Found", [], default));
        (int code, _, string error) = await RunAsync($"{server.Address}", "models", "--download", Name);
        Assert.Equal(1, code);
        Assert.Contains("404", Lines(error)[^1], StringComparison.Ordinal);
        Assert.Contains($"by hand to {Path.Combine(Cache, FileName)}", Lines(error)[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("detect {0} --weights detr_resnet101", "detr-r101-2c7b67e5.pth")]
    [InlineData("detect {0}", "detr-r50-e632da11.pth")]
    [InlineData("eval --weights detr_resnet50 --count 1", "detr-r50-e632da11.pth")]
    [InlineData("train --out {0}.run --count 16 --evaluations 0 --pretrained DETR_ResNet50", "detr-r50-e632da11.pth")]
    [InlineData("bench --weights detr_resnet50", "detr-r50-e632da11.pth")]
    public async Task Without_a_network_every_command_says_where_to_put_the_file(string line, string file)
    {
        string picture = Path.Combine(_folder, "picture.png");
        File.WriteAllBytes(picture, []);
        (int code, string output, string error) = await RunAsync(Unreachable, string.Format(null, line, picture).Split(' '));
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains("no connection to 127.0.0.1", Lines(error)[^1], StringComparison.Ordinal);
        Assert.EndsWith($"by hand to {Path.Combine(Cache, file)}.", Lines(error)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_processes_do_not_fetch_at_once()
    {
        TaskCompletionSource gate = new(), begun = new();
        await using LoopbackServer server = new(async (_, stream) =>
        {
            await LoopbackServer.RespondAsync(stream, "200 OK", [], Body.AsMemory(0, 1), Body.Length);
            begun.TrySetResult();
            await gate.Task;
            await stream.WriteAsync(Body.AsMemory(1));
        });
        Task<(int ExitCode, string Output, string Error)> first = RunAsync($"{server.Address}", "models", "--download", Name);
        await Task.WhenAny(begun.Task, first);
        (int code, _, string error) = await RunAsync($"{server.Address}", "models", "--download", Name);
        Assert.Equal(1, code);
        Assert.Contains("another process", Lines(error)[^1], StringComparison.Ordinal);
        gate.SetResult();
        (code, _, error) = await first;
        Assert.True(code == 0, error);
        Assert.Equal("yes", await StateAsync());
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_said_with_what_to_do()
    {
        File.WriteAllText(Cache, "a file where the folder should be");
        (int code, _, string error) = await RunAsync(Unreachable, "models", "--download", Name);
        Assert.Equal(1, code);
        Assert.Contains(Cache, Lines(error)[^1], StringComparison.Ordinal);
        Assert.Contains("DETR_CACHE", Lines(error)[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models --download resnet", "resnet")]
    [InlineData("bench --weights detr_resnet51", "detr_resnet50_dc5")]
    [InlineData("bench --weights .", "model.safetensors")]
    [InlineData("bench --weights detr_demo", "detr_resnet50")]
    public async Task A_name_that_is_none_is_said_with_those_that_are(string line, string named)
    {
        (int code, _, string error) = await RunAsync(Unreachable, line.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(named, Assert.Single(Lines(error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_that_is_no_address_is_refused()
    {
        (int code, _, string error) = await RunAsync("somewhere", "models", "--download", Name);
        Assert.Equal(1, code);
        Assert.Contains("DETR_MIRROR is somewhere", Assert.Single(Lines(error)), StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.TrimEnd().Split(Environment.NewLine);

    private async Task<string?> StateAsync()
    {
        (_, string output, _) = await RunAsync(Unreachable, "models", "--json", "-");
        using JsonDocument json = JsonDocument.Parse(output);
        return json.RootElement.EnumerateArray().Single(model => model.GetProperty("name").GetString() == Name).GetProperty("cached").GetString();
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string mirror, params string[] arguments)
        => CommandLine.RunAsync(new Dictionary<string, string> { ["DETR_CACHE"] = Cache, ["DETR_MIRROR"] = mirror, ["NO_PROXY"] = "127.0.0.1" }, arguments);
}
