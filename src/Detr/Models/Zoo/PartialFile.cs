using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Detr.Models;

/// <summary>
/// The file that a download grows in, held by one process at a time. It outlives a download that is stopped; beside it a
/// second small file keeps the server's mark of the version it belongs to.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const int BufferBytes = 1 << 17;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _left;

    private PartialFile(string path, FileStream stream) => (_path, _stream) = (path, stream);

    /// <summary>Bytes in the file.</summary>
    internal long Length => _stream.Length;

    private string VersionPath => $"{_path}.version";

    /// <summary>Opens or begins a file that nobody else has open.</summary>
    /// <exception cref="IOException">Another has it open (see <see cref="IsInUse"/>), or it cannot be written.</exception>
    internal static PartialFile Open(string path)
    {
        // Windows renames an open file only if its holder shares deletion; elsewhere names are free, and the lock must be exclusive.
        FileShare share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
        return new PartialFile(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan));
    }

    /// <summary>Whether <see cref="Open"/> failed because another has the file open.</summary>
    internal static bool IsInUse(IOException error)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        int wouldBlock = OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? 35 : 11;
        return error.HResult == (OperatingSystem.IsWindows() ? SharingViolation : wouldBlock);
    }

    /// <summary>Takes what an earlier download left into the hash, and moves to its end.</summary>
    internal async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferBytes];
        int count;
        while ((count = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            _hash.AppendData(buffer, 0, count);
        }
    }

    /// <summary>Empties the file, for another version or another try.</summary>
    internal void StartOver()
    {
        _stream.SetLength(0);
        _stream.Position = 0;
        _hash.GetHashAndReset();
        File.Delete(VersionPath);
    }

    internal async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes).ConfigureAwait(false);
        _hash.AppendData(bytes.Span);
    }

    /// <summary>The first digits of the SHA-256 of all bytes so far.</summary>
    internal string HashStart() => Convert.ToHexStringLower(_hash.GetCurrentHash())[..PublishedModel.HashDigits];

    /// <summary>What the server said of the version that the bytes belong to; null when it said nothing.</summary>
    internal RangeConditionHeaderValue? Version()
        => File.Exists(VersionPath) && RangeConditionHeaderValue.TryParse(File.ReadAllText(VersionPath), out RangeConditionHeaderValue? version) ? version : null;

    /// <summary>Remembers the server's mark of the version. A weak one promises nothing about bytes, so it is passed over.</summary>
    internal void SetVersion(HttpResponseMessage response)
    {
        RangeConditionHeaderValue? version = response.Headers.ETag is { IsWeak: false } tag ? new(tag)
            : response.Content.Headers.LastModified is { } date ? new(date)
            : null;
        if (version is not null)
        {
            File.WriteAllText(VersionPath, version.ToString());
        }
    }

    /// <summary>Gives the file its final name, in one step and still held.</summary>
    internal void Finish(string path)
    {
        _stream.Flush(flushToDisk: true);
        File.Move(_path, path, overwrite: true);
        File.Delete(VersionPath);
        _left = true;
    }

    /// <summary>Takes the file away.</summary>
    internal void Discard()
    {
        File.Delete(_path);
        File.Delete(VersionPath);
        _left = true;
    }

    /// <summary>Lets go of the file, which stays unless it is empty.</summary>
    public void Dispose()
    {
        if (!_left && _stream.Length == 0)
        {
            Discard();
        }

        _hash.Dispose();
        _stream.Dispose();
    }
}
