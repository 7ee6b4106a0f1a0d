using System.Net;
using System.Net.Http.Headers;

namespace Detr.Models;

/// <summary>One answer of the server, whose body continues a partial file right after its last byte.</summary>
internal sealed class WeightsTransfer : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private readonly SilenceLimit _silence;
    private readonly byte[] _buffer = new byte[1 << 17];

    private WeightsTransfer(HttpResponseMessage response, Stream body, SilenceLimit silence, long? total)
        => (_response, _body, _silence, Total) = (response, body, silence, total);

    /// <summary>Bytes of the whole file; null when the server does not say.</summary>
    internal long? Total { get; }

    /// <summary>Asks for what is missing; empties the file when the server can only send the whole.</summary>
    /// <exception cref="HttpRequestException">There is no connection, or the answer is not the file.</exception>
    /// <exception cref="TimeoutException">The server does not answer.</exception>
    internal static async Task<WeightsTransfer> BeginAsync(HttpClient client, Uri url, PartialFile part, TimeSpan silence, CancellationToken cancellationToken)
    {
        SilenceLimit limit = new(silence, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendAsync(client, url, part, limit).ConfigureAwait(false);
            if (part.Length > 0 && IsNoContinuation(response, part))
            {
                response.Dispose();
                part.StartOver();
                response = await SendAsync(client, url, part, limit).ConfigureAwait(false);
            }

            if (response.StatusCode != HttpStatusCode.PartialContent || part.Length == 0)
            {
                CheckIsWhole(response);
                part.StartOver();
                part.SetVersion(response);
            }

            Stream body = await limit.WithinAsync(token => new ValueTask<Stream>(response.Content.ReadAsStreamAsync(token))).ConfigureAwait(false);
            long? total = response.Content.Headers.ContentRange?.Length ?? part.Length + response.Content.Headers.ContentLength;
            return new WeightsTransfer(response, body, limit, total);
        }
        catch
        {
            response?.Dispose();
            limit.Dispose();
            throw;
        }
    }

    /// <summary>The next piece of the body, valid until the next call; empty at the end.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">The server fell silent.</exception>
    internal async Task<ReadOnlyMemory<byte>> ReadAsync()
    {
        int count = await _silence.WithinAsync(token => _body.ReadAsync(_buffer, token)).ConfigureAwait(false);
        return _buffer.AsMemory(0, count);
    }

    public void Dispose()
    {
        _body.Dispose();
        _response.Dispose();
        _silence.Dispose();
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Uri url, PartialFile part, SilenceLimit limit)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        if (part.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            request.Headers.IfRange = part.Version();
        }

        return await limit.WithinAsync(
            token => new ValueTask<HttpResponseMessage>(client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token))).ConfigureAwait(false);
    }

    /// <summary>Whether the answer says that there is no such range, or is a range other than the one asked for.</summary>
    private static bool IsNoContinuation(HttpResponseMessage response, PartialFile part) => response.StatusCode switch
    {
        HttpStatusCode.RequestedRangeNotSatisfiable => true,
        HttpStatusCode.PartialContent => response.Content.Headers.ContentRange?.From != part.Length,
        _ => false,
    };

    private static void CheckIsWhole(HttpResponseMessage response)
    {
        response.EnsureSuccessStatusCode();
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException("an answer without the file", null, response.StatusCode);
        }
    }
}
