using System.Security.Cryptography;
using Detr.Models;

namespace Detr.Tests.Zoo;

/// <summary>Downloads over real connections, with servers of every temper.</summary>
public sealed class WeightsDownloaderTests : IDisposable
{
    private readonly byte[] _body = RandomNumberGenerator.GetBytes(1_000_000);
    private readonly WeightsCache _cache = new(Path.Combine(Path.GetTempPath(), $"detr-zoo-{Guid.NewGuid():N}"));
    private readonly HttpClient _client = WeightsDownloader.CreateClient();

    public void Dispose()
    {
        _client.Dispose();
        if (Directory.Exists(_cache.Folder))
        {
            Directory.Delete(_cache.Folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_whole_download_is_the_file_and_nothing_else()
    {
        await using LoopbackServer server = new(LoopbackServer.Obliging(_body));
        PublishedModel model = Model(server.Address);
        List<DownloadProgress> heard = [];
        string path = await Downloader().DownloadAsync(model, new Listener(heard.Add));

        Assert.Equal(_cache.PathOf(model), path);
        Assert.Equal(_body, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_cache.Folder));
        Assert.Equal(CachedState.Whole, await _cache.InspectAsync(model));
        Assert.Equal(new DownloadProgress(0, _body.Length), heard[0]);
        Assert.Equal(new DownloadProgress(_body.Length, _body.Length), heard[^1]);
        Assert.Equal(heard.OrderBy(progress => progress.Received), heard);
    }

    [Fact]
    public async Task What_is_in_the_cache_is_not_asked_for_again()
    {
        await using LoopbackServer server = new(LoopbackServer.Obliging(_body));
        PublishedModel model = Model(server.Address);
        await Downloader().DownloadAsync(model);
        await Downloader().DownloadAsync(model);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_damaged_file_is_replaced()
    {
        await using LoopbackServer server = new(LoopbackServer.Obliging(_body));
        PublishedModel model = Model(server.Address);
        Directory.CreateDirectory(_cache.Folder);
        File.WriteAllBytes(_cache.PathOf(model), _body[..^1]);
        Assert.Equal(CachedState.Damaged, await _cache.InspectAsync(model));
        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
    }

    [Fact]
    public async Task A_broken_connection_leaves_a_part_that_the_next_run_completes()
    {
        int answered = 0;
        await using LoopbackServer server = new((request, stream) => answered++ == 0
            ? LoopbackServer.RespondAsync(stream, "200 OK", ["ETag: \"1\""], _body.AsMemory(0, 400_000), _body.Length)
            : LoopbackServer.Obliging(_body)(request, stream));
        PublishedModel model = Model(server.Address);
        WeightsDownloadException error = await Assert.ThrowsAsync<WeightsDownloadException>(() => Downloader().DownloadAsync(model));
        Assert.Contains("0.4 MB of 1.0 MB", error.Message, StringComparison.Ordinal);
        Assert.Equal(CachedState.Partial, await _cache.InspectAsync(model));
        Assert.Equal(400_000, new FileInfo(_cache.PartialPathOf(model)).Length);

        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
        Assert.Equal(new LoopbackServer.Request($"/{model.FileName}", 400_000, "\"1\""), server.Requests.Last());
        Assert.Single(Directory.GetFiles(_cache.Folder));
    }

    [Fact]
    public async Task A_file_that_changed_meanwhile_is_fetched_anew()
    {
        await using LoopbackServer server = new(LoopbackServer.Obliging(_body, "\"2\""));
        PublishedModel model = Model(server.Address);
        await LeavePartAsync(model, new byte[1234]);
        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
        Assert.Equal("\"1\"", Assert.Single(server.Requests).IfRange);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_everything_again()
    {
        await using LoopbackServer server = new((_, stream) => LoopbackServer.RespondAsync(stream, "200 OK", [], _body));
        PublishedModel model = Model(server.Address);
        await LeavePartAsync(model, _body[..500_000]);
        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_part_that_is_too_long_or_as_long_but_wrong_is_begun_anew(int surplus)
    {
        await using LoopbackServer server = new(LoopbackServer.Obliging(_body));
        PublishedModel model = Model(server.Address);
        await LeavePartAsync(model, new byte[_body.Length + surplus]);
        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
        Assert.Equal([_body.Length + surplus, null], server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task A_range_other_than_the_one_asked_for_is_not_appended()
    {
        await using LoopbackServer server = new((request, stream) => request.From is null
            ? LoopbackServer.RespondAsync(stream, "200 OK", [], _body)
            : LoopbackServer.RespondAsync(stream, "206 Partial Content", [$"Content-Range: bytes 0-{_body.Length - 1}/{_body.Length}"], _body));
        PublishedModel model = Model(server.Address);
        await LeavePartAsync(model, _body[..500_000]);
        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
    }

    [Fact]
    public async Task A_part_that_only_lacks_its_name_needs_no_network()
    {
        PublishedModel model = Model(new Uri("http://127.0.0.1:1/"));
        await LeavePartAsync(model, _body);
        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
    }

    [Fact]
    public async Task A_wrong_hash_is_said_and_the_part_deleted()
    {
        byte[] other = [.. _body];
        other[^1] ^= 1;
        await using LoopbackServer server = new(LoopbackServer.Obliging(other));
        PublishedModel model = Model(server.Address);
        WeightsDownloadException error = await Assert.ThrowsAsync<WeightsDownloadException>(() => Downloader().DownloadAsync(model));
        Assert.Contains(model.HashStart, error.Message, StringComparison.Ordinal);
        Assert.Contains(_cache.PathOf(model), error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_cache.Folder));
    }

    [Theory]
    [InlineData("404 Not Found", "404")]
    [InlineData("503 Service Unavailable", "503")]
    [InlineData("204 No Content", "204")]
    [InlineData("206 Partial Content", "206")]
    public async Task An_answer_without_the_file_is_said_with_what_to_do(string status, string named)
    {
        await using LoopbackServer server = new((_, stream) => LoopbackServer.RespondAsync(stream, status, [], default));
        PublishedModel model = Model(server.Address);
        WeightsDownloadException error = await Assert.ThrowsAsync<WeightsDownloadException>(() => Downloader().DownloadAsync(model));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains(model.Url.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_cache.Folder));
    }

    [Fact]
    public async Task A_refused_connection_names_the_host_and_keeps_the_part()
    {
        LoopbackServer server = new(LoopbackServer.Obliging(_body));
        PublishedModel model = Model(server.Address);
        await server.DisposeAsync();
        await LeavePartAsync(model, _body[..1000]);
        WeightsDownloadException error = await Assert.ThrowsAsync<WeightsDownloadException>(() => Downloader().DownloadAsync(model));
        Assert.Contains("no connection to 127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Equal(1000, new FileInfo(_cache.PartialPathOf(model)).Length);
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_said_to_be_one()
    {
        PublishedModel model = Model(new Uri("http://weights.invalid/"));
        using HttpClient direct = new(new SocketsHttpHandler { UseProxy = false });
        WeightsDownloadException error = await Assert.ThrowsAsync<WeightsDownloadException>(() => new WeightsDownloader(direct, _cache).DownloadAsync(model));
        Assert.Contains("weights.invalid cannot be resolved", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_named_as_the_cause()
    {
        await using LoopbackServer proxy = new((_, stream) => LoopbackServer.RespondAsync(stream, "403 Forbidden", [], default));
        using HttpClient client = new(new SocketsHttpHandler { Proxy = new System.Net.WebProxy(proxy.Address), UseProxy = true });
        PublishedModel model = Model(new Uri("https://weights.invalid/"));
        WeightsDownloadException error = await Assert.ThrowsAsync<WeightsDownloadException>(() => new WeightsDownloader(client, _cache).DownloadAsync(model));
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "does not answer")]
    [InlineData(1000, "broke off")]
    public async Task A_silent_server_is_left_after_a_while(int sent, string named)
    {
        await using LoopbackServer server = new(async (_, stream) =>
        {
            if (sent > 0)
            {
                await LoopbackServer.RespondAsync(stream, "200 OK", [], _body.AsMemory(0, sent), _body.Length);
            }

            await Task.Delay(Timeout.Infinite);
        });
        PublishedModel model = Model(server.Address);
        WeightsDownloader downloader = new(_client, _cache, new DownloadLimits { Silence = TimeSpan.FromSeconds(2) });
        WeightsDownloadException error = await Assert.ThrowsAsync<WeightsDownloadException>(() => downloader.DownloadAsync(model));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_download_keeps_its_part_and_goes_on_from_there()
    {
        TaskCompletionSource gate = new();
        int answered = 0;
        await using LoopbackServer server = new(async (request, stream) =>
        {
            if (answered++ > 0)
            {
                await LoopbackServer.Obliging(_body)(request, stream);
                return;
            }

            await LoopbackServer.RespondAsync(stream, "200 OK", ["ETag: \"1\""], _body.AsMemory(0, 300_000), _body.Length);
            await gate.Task;
        });
        PublishedModel model = Model(server.Address);
        using CancellationTokenSource cancellation = new();
        Listener listener = new(progress =>
        {
            if (progress.Received == 300_000)
            {
                cancellation.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Downloader().DownloadAsync(model, listener, cancellation.Token));
        gate.SetResult();
        Assert.Equal(300_000, new FileInfo(_cache.PartialPathOf(model)).Length);

        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
        Assert.Equal(300_000, server.Requests.Last().From);
    }

    [Fact]
    public async Task Two_at_once_do_not_spoil_each_other()
    {
        TaskCompletionSource gate = new(), begun = new();
        await using LoopbackServer server = new(async (request, stream) =>
        {
            await LoopbackServer.RespondAsync(stream, "200 OK", [], _body.AsMemory(0, 1), _body.Length);
            begun.TrySetResult();
            await gate.Task;
            await stream.WriteAsync(_body.AsMemory(1));
        });
        PublishedModel model = Model(server.Address);
        Task<string> first = Downloader().DownloadAsync(model);
        await begun.Task;
        IOException error = await Assert.ThrowsAsync<IOException>(() => Downloader().DownloadAsync(model));
        Assert.Contains("another process", error.Message, StringComparison.Ordinal);
        Assert.Contains(_cache.PartialPathOf(model), error.Message, StringComparison.Ordinal);
        gate.SetResult();
        Assert.Equal(_body, File.ReadAllBytes(await first));
    }

    [Fact]
    public async Task A_body_larger_than_weights_can_be_is_refused_before_it_comes()
    {
        await using LoopbackServer server = new((_, stream) => LoopbackServer.RespondAsync(stream, "200 OK", [], default, 5_000_000_000));
        PublishedModel model = Model(server.Address);
        WeightsDownloadException error = await Assert.ThrowsAsync<WeightsDownloadException>(() => Downloader().DownloadAsync(model));
        Assert.Contains("5000.0 MB", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_cache.Folder));
    }

    [Fact]
    public async Task A_body_without_a_length_is_bounded_as_it_comes()
    {
        await using LoopbackServer server = new(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray());
            await stream.WriteAsync(_body);
        });
        PublishedModel model = Model(server.Address);
        WeightsDownloader bounded = new(_client, _cache, new DownloadLimits { FileBytes = 700_000 });
        await Assert.ThrowsAsync<WeightsDownloadException>(() => bounded.DownloadAsync(model));
        Assert.Equal(_body, File.ReadAllBytes(await Downloader().DownloadAsync(model)));
    }

    [Fact]
    public async Task A_drive_without_room_is_said_before_anything_is_written()
    {
        await using LoopbackServer server = new((_, stream) => LoopbackServer.RespondAsync(stream, "200 OK", [], default, 1L << 60));
        WeightsDownloader downloader = new(_client, _cache, new DownloadLimits { FileBytes = long.MaxValue });
        IOException error = await Assert.ThrowsAsync<IOException>(() => downloader.DownloadAsync(Model(server.Address)));
        Assert.Contains("free", error.Message, StringComparison.Ordinal);
        Assert.Contains(WeightsCache.FolderVariable, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_made_is_said_with_what_to_do()
    {
        string file = Path.GetTempFileName();
        try
        {
            WeightsDownloader downloader = new(_client, new WeightsCache(Path.Combine(file, "cache")));
            IOException error = await Assert.ThrowsAsync<IOException>(() => downloader.DownloadAsync(Model(new Uri("http://127.0.0.1:1/"))));
            Assert.Contains(Path.Combine(file, "cache"), error.Message, StringComparison.Ordinal);
            Assert.Contains(WeightsCache.FolderVariable, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private WeightsDownloader Downloader() => new(_client, _cache);

    private PublishedModel Model(Uri server)
    {
        string start = Convert.ToHexStringLower(SHA256.HashData(_body))[..8];
        return new PublishedModel { Name = "test_model", Url = new Uri(server, $"test-{start}.pth"), HashStart = start, Description = "random bytes", BoxAP = 0 };
    }

    private async Task LeavePartAsync(PublishedModel model, byte[] bytes)
    {
        Directory.CreateDirectory(_cache.Folder);
        await File.WriteAllBytesAsync(_cache.PartialPathOf(model), bytes);
        await File.WriteAllTextAsync($"{_cache.PartialPathOf(model)}.version", "\"1\"");
    }

    /// <summary>Hears at once, on the thread that reports.</summary>
    private sealed class Listener(Action<DownloadProgress> heard) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => heard(value);
    }
}
