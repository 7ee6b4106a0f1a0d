namespace Detr.Models;

/// <summary>Bounds how long each single wait for a server may last; the waits together may take any time.</summary>
internal sealed class SilenceLimit(TimeSpan limit, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    /// <summary>Waits for the server.</summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    /// <exception cref="OperationCanceledException">The user stopped it.</exception>
    internal async Task<T> WithinAsync<T>(Func<CancellationToken, ValueTask<T>> wait)
    {
        _source.CancelAfter(limit);
        try
        {
            T result = await wait(_source.Token).ConfigureAwait(false);
            _source.CancelAfter(Timeout.InfiniteTimeSpan);
            return result;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The server is silent.", error);
        }
    }

    public void Dispose() => _source.Dispose();
}
