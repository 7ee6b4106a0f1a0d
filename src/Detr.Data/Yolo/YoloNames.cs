namespace Detr.Data;

/// <summary>Class names of YOLO folders that have no yaml: one name a line, in the order of the classes' numbers.</summary>
internal static class YoloNames
{
    private static readonly string[] FileNames = ["classes.txt", "obj.names"];

    /// <summary>Whether a text file names classes and labels no picture.</summary>
    internal static bool IsNameFile(string path) => FileNames.Contains(Path.GetFileName(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the names: in the folder itself, or beside labels, where labelling tools put them.</summary>
    /// <returns>The classes, or null where no file names them.</returns>
    internal static IReadOnlyList<Category>? Find(string folder, string split)
    {
        string[] places = [folder, Path.Combine(folder, "labels"), Path.Combine(folder, "labels", split), Path.Combine(folder, split), Path.Combine(folder, split, "labels")];
        string? file = places.SelectMany(place => FileNames.Select(name => Path.Combine(place, name))).FirstOrDefault(File.Exists);
        return file is null
            ? null
            : [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0).Select((name, id) => new Category(id, name))];
    }
}
