using System.Security.Cryptography;

namespace Detr.Models;

/// <summary>The folder that keeps downloaded weights. It holds nothing but the files, under the names they are published by.</summary>
public sealed class WeightsCache
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string FolderVariable = "DETR_CACHE";

    /// <summary>A cache in a folder, which need not exist yet.</summary>
    /// <param name="folder">The folder.</param>
    public WeightsCache(string folder) => Folder = Path.GetFullPath(folder);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>
    /// The user's cache: the folder named by <see cref="FolderVariable"/>; else <c>detr</c> in the system's place for caches,
    /// which is <c>%LOCALAPPDATA%</c> on Windows, <c>~/Library/Caches</c> on macOS, and <c>$XDG_CACHE_HOME</c> or
    /// <c>~/.cache</c> elsewhere.
    /// </summary>
    /// <exception cref="IOException">The user has no home folder and the variable is not set.</exception>
    public static WeightsCache ForUser() => new(UserFolder(Environment.GetEnvironmentVariable, Environment.GetFolderPath));

    /// <summary>Where the file of published weights is or would be.</summary>
    /// <param name="model">The weights.</param>
    public string PathOf(PublishedModel model) => Path.Combine(Folder, model.FileName);

    /// <summary>Where the file grows while it is downloaded.</summary>
    /// <param name="model">The weights.</param>
    public string PartialPathOf(PublishedModel model) => $"{PathOf(model)}.part";

    /// <summary>Looks what is there; a file is read once, to check its SHA-256.</summary>
    /// <param name="model">The weights.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<CachedState> InspectAsync(PublishedModel model, CancellationToken cancellationToken = default)
    {
        string path = PathOf(model);
        if (!File.Exists(path))
        {
            return File.Exists(PartialPathOf(model)) ? CachedState.Partial : CachedState.Absent;
        }

        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            byte[] hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
            return Convert.ToHexStringLower(hash).StartsWith(model.HashStart, StringComparison.Ordinal) ? CachedState.Whole : CachedState.Damaged;
        }
    }

    /// <summary>Room on the folder's drive, in bytes; null when the system does not say.</summary>
    internal long? FreeBytes()
    {
        string? drive = OperatingSystem.IsWindows() ? Path.GetPathRoot(Folder) : Folder;
        try
        {
            return drive is null ? null : new DriveInfo(drive).AvailableFreeSpace;
        }
        catch (ArgumentException)
        {
            // A share on the network has no letter to ask by.
            return null;
        }
    }

    internal static string UserFolder(Func<string, string?> variable, Func<Environment.SpecialFolder, string> folder)
    {
        if (variable(FolderVariable) is { Length: > 0 } named)
        {
            return named;
        }

        string home = folder(Environment.SpecialFolder.UserProfile);
        string caches = OperatingSystem.IsWindows() ? folder(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Below(home, "Library", "Caches")
            // The XDG specification has relative paths ignored.
            : variable("XDG_CACHE_HOME") is { } cache && Path.IsPathFullyQualified(cache) ? cache
            : Below(home, ".cache");
        return caches.Length > 0
            ? Path.Combine(caches, "detr")
            : throw new IOException($"There is no home folder to keep weights in; name a folder in the environment variable {FolderVariable}.");
    }

    private static string Below(string home, params ReadOnlySpan<string> parts) => home.Length == 0 ? string.Empty : Path.Combine([home, .. parts]);
}
