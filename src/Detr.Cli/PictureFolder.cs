using Detr.Data;
using Detr.Imaging;

namespace Detr.Cli;

/// <summary>The folder of <c>--out</c>: pictures under the names of those they were made from.</summary>
internal sealed class PictureFolder
{
    private readonly string _folder;

    // A drive may not tell upper from lower case, so nothing here does.
    private readonly HashSet<string> _used = new(StringComparer.OrdinalIgnoreCase);

    internal PictureFolder(string folder)
    {
        OutputFolder.Create(folder);
        _folder = folder;
    }

    /// <summary>Writes a PNG; a second picture of one name, from another folder or of another kind, gets a number.</summary>
    /// <returns>The PNG's name in the folder.</returns>
    internal string Write(RgbImage image, string source)
    {
        string name = Path.GetFileNameWithoutExtension(source), unique = name;
        for (int number = 2; !_used.Add(unique); number++)
        {
            unique = $"{name}-{number}";
        }

        string file = $"{unique}.png";
        PngFile.Write(image, Path.Combine(_folder, file));
        return file;
    }
}
