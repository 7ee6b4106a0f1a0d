using System.Globalization;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// A file that appears whole or not at all: it is written beside its place under a temporary name and renamed. Where bytes go through, as in
/// a named pipe or a device, they are written straight to it, because it must not be replaced by a file.
/// </summary>
public static class AtomicFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes a file.</summary>
    /// <param name="path">Where; a file of that name is replaced, of a link the file that it leads to.</param>
    /// <param name="write">Writes the contents; into a pipe it can only write onwards.</param>
    /// <param name="isDurable">Whether the file is to outlast a power failure too, for which the disk is waited for.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(string path, Action<FileStream> write, bool isDurable = true)
    {
        try
        {
            string place = !IsDevice(path) && new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
            using FileStream? passage = IsDevice(place) ? File.Create(place) : OpenPipe(place);
            if (passage is null)
            {
                Replace(place, write, isDurable);
            }
            else
            {
                write(passage);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} cannot be written, and what was there before is untouched: {error.Message}", error);
        }
    }

    private static bool IsDevice(string path)
        => Path.GetFullPath(path) is var full && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal) || full.StartsWith(@"\\.\", StringComparison.Ordinal));

    /// <summary>Opens a pipe that has a name; null for a file, or nothing yet.</summary>
    private static FileStream? OpenPipe(string path)
    {
        // Elsewhere than on Windows pipes have names among files, and only an open one shows that there is no going back in it.
        if (OperatingSystem.IsWindows() || !File.Exists(path))
        {
            return null;
        }

        FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (!stream.CanSeek)
        {
            return stream;
        }

        stream.Dispose();
        return null;
    }

    private static void Replace(string path, Action<FileStream> write, bool isDurable)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, BufferSize))
            {
                write(stream);
                stream.Flush(flushToDisk: isDurable);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw;
        }
    }

    /// <summary>Deletes what writers left half written in a folder when their process was killed. Nobody may be writing there.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">A leftover cannot be deleted.</exception>
    public static void DeleteLeftovers(string folder)
    {
        foreach (string leftover in Directory.EnumerateFiles(folder, "*.*.tmp").Where(path => int.TryParse(path.Split('.')[^2], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            File.Delete(leftover);
        }
    }
}
