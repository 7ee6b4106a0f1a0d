using Microsoft.Win32.SafeHandles;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// An open file that tensors are read from, by position and from any thread. It stays open, so that a file put in its
/// place meanwhile (training saves that way) is not mixed with it.
/// </summary>
/// <remarks>
/// Positioned reads rather than a memory map: they take as long (both copy from the system's cache), and a file that somebody
/// shortens meanwhile is an error here, where a map would end the process.
/// </remarks>
internal sealed class CheckpointFile : IDisposable
{
    private const int LongestProblem = 400;
    private readonly FileStream _stream;
    private readonly SafeFileHandle _handle;

    internal CheckpointFile(string path)
    {
        Path = path;
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        _handle = _stream.SafeFileHandle;
        Length = _stream.Length;
    }

    internal string Path { get; }

    /// <summary>Bytes in the file when it was opened.</summary>
    internal long Length { get; }

    /// <summary>The file for a reader that wants a stream; only while the checkpoint is being opened.</summary>
    internal Stream Stream => _stream;

    public void Dispose() => _stream.Dispose();

    /// <summary>Fills the destination with the bytes from a position on.</summary>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    internal void Read(long position, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int count = RandomAccess.Read(_handle, destination, position);
            if (count == 0)
            {
                throw Bad("is cut off, or became shorter while it was read");
            }

            position += count;
            destination = destination[count..];
        }
    }

    /// <summary>The error for this file.</summary>
    /// <param name="problem">What follows the file's name in the sentence; may quote the file.</param>
    /// <param name="advice">What to do about it.</param>
    /// <param name="cause">The exception that told of it.</param>
    internal InvalidDataException Bad(string problem, string advice = "get the file again", Exception? cause = null)
        => new($"{Path} {Quotable(problem)}; {advice}.", cause);

    /// <summary>Names in a hostile file may be megabytes of anything, and messages go to terminals.</summary>
    private static string Quotable(string text)
        => string.Create(Math.Min(text.Length, LongestProblem), text, (line, from) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(from[i]) ? '?' : from[i];
            }
        });
}
