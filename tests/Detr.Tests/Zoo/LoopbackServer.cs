using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Detr.Tests.Zoo;

/// <summary>A web server of one file on a free port of this machine, as obliging or as unkind as a test needs it.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private readonly Func<Request, Stream, Task> _answer;

    internal LoopbackServer(Func<Request, Stream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = AcceptAsync();
    }

    internal Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>What was asked, in order.</summary>
    internal ConcurrentQueue<Request> Requests { get; } = [];

    /// <summary>A server that does everything right: ranges, If-Range, 416.</summary>
    internal static Func<Request, Stream, Task> Obliging(byte[] body, string tag = "\"1\"") => (request, stream) => request switch
    {
        { From: { } from } when from >= body.Length => RespondAsync(stream, "416 Range Not Satisfiable", [$"Content-Range: bytes */{body.Length}"], default),
        { From: { } from } when request.IfRange is null || request.IfRange == tag => RespondAsync(
            stream, "206 Partial Content", [$"ETag: {tag}", $"Content-Range: bytes {from}-{body.Length - 1}/{body.Length}"], body.AsMemory(from)),
        _ => RespondAsync(stream, "200 OK", [$"ETag: {tag}"], body),
    };

    /// <summary>Sends headers and a body; a length above the body's makes an answer that breaks off.</summary>
    internal static async Task RespondAsync(Stream stream, string status, IEnumerable<string> headers, ReadOnlyMemory<byte> body, long? length = null)
    {
        string head = string.Join("\r\n", [$"HTTP/1.1 {status}", .. headers, $"Content-Length: {length ?? body.Length}", "Connection: close"]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n\r\n"));
        await stream.WriteAsync(body);
        await stream.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> conversations = [];
        try
        {
            while (true)
            {
                conversations.Add(ConverseAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                Request request = await ReadAsync(stream);
                Requests.Enqueue(request);
                await _answer(request, stream).WaitAsync(_stop.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // The client hung up, or the test is over.
            }
        }
    }

    private static async Task<Request> ReadAsync(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        string path = (await reader.ReadLineAsync() ?? string.Empty).Split(' ') is [_, string target, ..] ? target : throw new IOException();
        int? from = null;
        string? ifRange = null;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            (string name, string value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]);
            switch (name)
            {
                case "Range":
                    from = int.Parse(value["bytes=".Length..^1], CultureInfo.InvariantCulture);
                    break;
                case "If-Range":
                    ifRange = value;
                    break;
            }
        }

        return new Request(path, from, ifRange);
    }

    internal sealed record Request(string Path, int? From, string? IfRange);
}
