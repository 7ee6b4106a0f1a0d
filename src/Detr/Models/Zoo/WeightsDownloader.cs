namespace Detr.Models;

/// <summary>
/// Fetches published weights into a cache. A download that breaks off or is cancelled goes on where it stopped; a file
/// appears under its name only when it is whole and its SHA-256 is the published one.
/// </summary>
public sealed class WeightsDownloader
{
    private readonly HttpClient _client;
    private readonly WeightsCache _cache;
    private readonly DownloadLimits _limits;

    /// <summary>Makes a downloader.</summary>
    /// <param name="client">Sends the requests; see <see cref="CreateClient"/>.</param>
    /// <param name="cache">Where files go.</param>
    /// <param name="limits">What a download may take; the defaults if null.</param>
    public WeightsDownloader(HttpClient client, WeightsCache cache, DownloadLimits? limits = null)
        => (_client, _cache, _limits) = (client, cache, limits ?? new DownloadLimits());

    /// <summary>
    /// A client that gives up connecting after 15 seconds and leaves the rest to <see cref="DownloadLimits"/>. It takes the
    /// system's proxy, or that of the environment variables HTTPS_PROXY and NO_PROXY.
    /// </summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) })
    {
        // A limit of the whole download would punish slow lines.
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "Detr.NET" } },
    };

    /// <summary>Brings weights into the cache, unless they are there.</summary>
    /// <param name="model">The weights.</param>
    /// <param name="progress">Hears how far it is; may be null.</param>
    /// <param name="cancellationToken">Stops the download; what has come is kept for the next one.</param>
    /// <returns>The path of the whole file.</returns>
    /// <exception cref="WeightsDownloadException">The weights did not come, whole, from where they are published.</exception>
    /// <exception cref="IOException">The cache cannot be written or has no room, or another process is downloading the same file.</exception>
    public async Task<string> DownloadAsync(PublishedModel model, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        string path = _cache.PathOf(model);
        if (await _cache.InspectAsync(model, cancellationToken).ConfigureAwait(false) == CachedState.Whole)
        {
            return path;
        }

        using PartialFile part = OpenPart(model);
        // Another process may have finished between the look and the opening.
        if (await _cache.InspectAsync(model, cancellationToken).ConfigureAwait(false) == CachedState.Whole)
        {
            return path;
        }

        await part.TakeUpAsync(cancellationToken).ConfigureAwait(false);
        if (part.HashStart() != model.HashStart)
        {
            await FetchAsync(model, part, progress, cancellationToken).ConfigureAwait(false);
        }

        string hash = part.HashStart();
        if (hash != model.HashStart)
        {
            part.Discard();
            throw Failure(model, $"the SHA-256 of what came starts with {hash} instead of {model.HashStart}, and it has been deleted", null);
        }

        part.Finish(path);
        return path;
    }

    private PartialFile OpenPart(PublishedModel model)
    {
        string path = _cache.PartialPathOf(model);
        try
        {
            Directory.CreateDirectory(_cache.Folder);
            return PartialFile.Open(path);
        }
        catch (IOException error) when (PartialFile.IsInUse(error))
        {
            throw new IOException($"{model.Name} is being downloaded by another process, which holds {path}; wait until it is done.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{model.Name} cannot be kept in {_cache.Folder} ({error.Message.TrimEnd('.')}); name another folder in the environment variable {WeightsCache.FolderVariable}.", error);
        }
    }

    private async Task FetchAsync(PublishedModel model, PartialFile part, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            using WeightsTransfer transfer = await WeightsTransfer.BeginAsync(_client, model.Url, part, _limits.Silence, cancellationToken).ConfigureAwait(false);
            CheckSize(model, transfer.Total);
            CheckRoom(model, transfer.Total - part.Length);
            progress?.Report(new DownloadProgress(part.Length, transfer.Total));
            while (await ReceiveAsync(model, transfer, part).ConfigureAwait(false))
            {
                progress?.Report(new DownloadProgress(part.Length, transfer.Total));
            }
        }
        catch (HttpRequestException error)
        {
            throw Failure(model, Reason(model.Url.Host, error), error);
        }
        catch (TimeoutException error)
        {
            throw Failure(model, $"{model.Url.Host} does not answer", error);
        }
    }

    /// <summary>Moves one piece from the server to the file.</summary>
    /// <returns>Whether there was one; false at the end.</returns>
    private async Task<bool> ReceiveAsync(PublishedModel model, WeightsTransfer transfer, PartialFile part)
    {
        ReadOnlyMemory<byte> piece;
        try
        {
            piece = await transfer.ReadAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            throw Broken(model, part.Length, transfer.Total, error);
        }

        if (piece.IsEmpty)
        {
            return part.Length < transfer.Total ? throw Broken(model, part.Length, transfer.Total, null) : false;
        }

        CheckSize(model, part.Length + piece.Length);
        await part.AppendAsync(piece).ConfigureAwait(false);
        return true;
    }

    private void CheckSize(PublishedModel model, long? total)
    {
        if (total > _limits.FileBytes)
        {
            throw Failure(model, $"{model.Url.Host} sends {Megabytes(total.Value)}, more than weights may have ({Megabytes(_limits.FileBytes)})", null);
        }
    }

    private void CheckRoom(PublishedModel model, long? needed)
    {
        if (_cache.FreeBytes() is { } free && needed > free)
        {
            throw new IOException(
                $"{_cache.Folder} has {Megabytes(free)} free, but {model.Name} needs {Megabytes(needed.Value)}; make room, or name another folder in the environment variable {WeightsCache.FolderVariable}.");
        }
    }

    private WeightsDownloadException Failure(PublishedModel model, string reason, Exception? inner)
        => new($"{model.Name} cannot be downloaded: {reason}; download {model.Url} by hand to {_cache.PathOf(model)}.", inner);

    private static WeightsDownloadException Broken(PublishedModel model, long received, long? total, Exception? inner)
        => new($"The download of {model.Name} broke off after {Megabytes(received)}{(total is { } all ? $" of {Megabytes(all)}" : string.Empty)}; run it again, and it goes on from there.", inner);

    private static string Reason(string host, HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.ProxyTunnelError => $"the proxy that HTTPS_PROXY or the system names refuses ({error.Message})",
        _ when error.StatusCode is { } status => $"{host} answers {(int)status} {status}",
        HttpRequestError.NameResolutionError => $"the name {host} cannot be resolved, so there may be no network",
        HttpRequestError.ConnectionError => $"there is no connection to {host} ({error.Message})",
        HttpRequestError.SecureConnectionError => $"{host} cannot prove that it is {host} ({error.InnerException?.Message ?? error.Message})",
        _ => $"{host} gives no proper answer ({error.Message})",
    };

    private static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1e6:F1} MB");
}
