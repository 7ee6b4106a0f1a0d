using Detr.Imaging;

namespace Detr.Data;

/// <summary>A photograph's header, for readers that name what is wrong with it.</summary>
internal static class PictureHeader
{
    /// <summary>Reads a header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What defects call it.</param>
    /// <param name="defects">Gets what is wrong.</param>
    /// <returns>The header, or null where there is none.</returns>
    internal static ImageInfo? Read(string path, string name, List<DatasetDefect> defects)
    {
        if (!File.Exists(path))
        {
            defects.Add(new DatasetDefect(DefectKind.MissingImage, name, $"There is no {path}"));
            return null;
        }

        try
        {
            return ImageFile.Identify(path);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            defects.Add(new DatasetDefect(DefectKind.UnreadableImage, name, error.Message.TrimEnd('.')));
            return null;
        }
    }
}
