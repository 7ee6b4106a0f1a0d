using Detr.Models;
using Spectre.Console;

namespace Detr.Cli;

/// <summary>Brings published weights into the user's cache, in the user's sight.</summary>
internal static class WeightsFetch
{
    /// <summary>The environment variable that names another address to fetch from, for networks that do not reach the published one.</summary>
    internal const string MirrorVariable = "DETR_MIRROR";

    /// <summary>Brings weights into the cache, unless they are there.</summary>
    /// <returns>The path of the whole file.</returns>
    internal static async Task<string> RunAsync(PublishedModel model, CancellationToken cancellationToken)
    {
        WeightsCache cache = WeightsCache.ForUser();
        if (await cache.InspectAsync(model, cancellationToken).ConfigureAwait(false) == CachedState.Whole)
        {
            return cache.PathOf(model);
        }

        using HttpClient client = WeightsDownloader.CreateClient();
        WeightsDownloader downloader = new(client, cache);
        PublishedModel source = Mirrored(model, Environment.GetEnvironmentVariable(MirrorVariable));
        await Console.Error.WriteLineAsync($"Fetching {source.Url} to {cache.PathOf(model)}").ConfigureAwait(false);
        if (Console.IsErrorRedirected)
        {
            return await downloader.DownloadAsync(source, null, cancellationToken).ConfigureAwait(false);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(progress => downloader.DownloadAsync(source, new Bar(progress.AddTask(model.Name)), cancellationToken))
            .ConfigureAwait(false);
    }

    /// <summary>The same weights at another address.</summary>
    /// <exception cref="InputException">The address is none.</exception>
    private static PublishedModel Mirrored(PublishedModel model, string? mirror)
    {
        if (string.IsNullOrEmpty(mirror))
        {
            return model;
        }

        return Uri.TryCreate($"{mirror.TrimEnd('/')}/", UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? model with { Url = new Uri(address, model.FileName) }
            : throw new InputException($"{MirrorVariable} is {mirror}, which is no address such as https://example.org/detr/.");
    }

    private sealed class Bar : IProgress<DownloadProgress>
    {
        private readonly ProgressTask _task;

        internal Bar(ProgressTask task)
        {
            _task = task;
            task.IsIndeterminate = true;
        }

        public void Report(DownloadProgress value)
        {
            if (value.Total is { } total)
            {
                _task.IsIndeterminate = false;
                _task.MaxValue = total;
            }

            _task.Value = value.Received;
        }
    }
}
