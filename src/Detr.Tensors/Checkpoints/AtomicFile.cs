using System.Globalization;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// A file that appears whole or not at all: it is written beside its place under a temporary name and renamed.
/// </summary>
public static class AtomicFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes a file.</summary>
    /// <param name="path">Where; a file of that name is replaced.</param>
    /// <param name="write">Writes the contents.</param>
    /// <param name="isDurable">Whether the file is to outlast a power failure too, for which the disk is waited for.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(string path, Action<FileStream> write, bool isDurable = true)
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
        catch (Exception error)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            if (error is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"{path} cannot be written, and what was there before is untouched: {error.Message}", error);
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
