using System.Diagnostics;
using Detr.Imaging;

namespace Detr.Cli;

/// <summary>Reads pictures in turn, the next one while the one before is worked on.</summary>
internal sealed class PictureReader
{
    private readonly IReadOnlyList<string> _files;
    private readonly bool _ahead;
    private Task<ReadPicture>? _next;

    /// <summary>Begins to read.</summary>
    /// <param name="files">The pictures.</param>
    /// <param name="ahead">Whether another thread may read ahead.</param>
    internal PictureReader(IReadOnlyList<string> files, bool ahead)
    {
        (_files, _ahead) = (files, ahead && files.Count > 0);
        _next = _ahead ? Task.Run(() => Read(files[0])) : null;
    }

    /// <summary>The picture at an index; indices are asked for one after the other.</summary>
    internal async Task<ReadPicture> ReadAsync(int index)
    {
        if (_next is null)
        {
            return Read(_files[index]);
        }

        ReadPicture picture = await _next.ConfigureAwait(false);
        if (index + 1 < _files.Count)
        {
            _next = Task.Run(() => Read(_files[index + 1]));
        }

        return picture;
    }

    /// <summary>The pictures that can be read, in turn; why others cannot is said on standard error.</summary>
    internal async IAsyncEnumerable<(string File, RgbImage Image, double Milliseconds)> ReadableAsync()
    {
        for (int i = 0; i < _files.Count; i++)
        {
            ReadPicture picture = await ReadAsync(i).ConfigureAwait(false);
            if (picture.Image is { } image)
            {
                yield return (_files[i], image, picture.Milliseconds);
            }
            else
            {
                await Console.Error.WriteLineAsync(picture.Problem).ConfigureAwait(false);
            }
        }
    }

    private static ReadPicture Read(string file)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            RgbImage image = ImageFile.Read(file);
            return new ReadPicture(image, null, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new ReadPicture(null, error.Message.Contains(file, StringComparison.Ordinal) ? error.Message : $"{file}: {error.Message}", 0);
        }
    }
}
